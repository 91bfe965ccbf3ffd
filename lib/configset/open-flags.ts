/** How files are opened that only this program writes, beside an output: a link in their place must not lead elsewhere. */
import { constants } from 'node:fs'

/** Windows has no such flag. */
const NO_LINK = constants.O_NOFOLLOW ?? 0

/** Empty, to be written. */
export const NEW_FILE: number = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_LINK

/** As it is, to be gone on with. */
export const KEPT_FILE: number = constants.O_RDWR | NO_LINK
