/** `info.config_type`: what kind of configuration this is, a chain of words that operations append to (as in wfl). */
import type { Atoms } from '../atoms/atoms.js'
import { checkChoice } from '../base/options.js'

/** How an operation changes `config_type`; false: not at all. */
export type UpdateConfigType = 'append' | 'overwrite' | false

/** 'append' by default. @throws {OptionTypeError | OptionRangeError} */
export function checkUpdateConfigType(how: UpdateConfigType | undefined): UpdateConfigType {
  return how === false
    ? how
    : checkChoice<'append' | 'overwrite'>('updateConfigType', how, ['append', 'overwrite'], 'append')
}

/** Appends `:word` to the config type, or sets it to `word`. */
export function updateConfigType(atoms: Atoms, word: string, how: UpdateConfigType): void {
  if (how === false) return
  const old = atoms.info['config_type']
  atoms.info['config_type'] = how === 'append' && old !== undefined ? `${old}:${word}` : word
}
