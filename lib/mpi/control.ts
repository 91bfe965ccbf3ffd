/** What ranks tell each other beside frames: the border where values from elsewhere become typed messages. */
import type { FileFacts } from '../pool/worker-provider.js'

/** Who serves at a rank. */
export interface RankInfo {
  readonly rank: number
  readonly host: string
  readonly pid: number
  /** The version of autopara there. */
  readonly version: string
}

/** From rank 0 to the others. */
export type ToRank =
  /** A session begins: a worker of a pool. `env` are variables that differ from rank 0's own. */
  | { readonly type: 'open'; readonly slot: number; readonly env: Readonly<Record<string, string | null>> }
  /** It ends, without an answer to what it has. */
  | { readonly type: 'kill'; readonly slot: number }
  /** Which of these files are the same there? */
  | { readonly type: 'look'; readonly id: number; readonly files: readonly FileFacts[] }
  /** The end of the job. */
  | { readonly type: 'stop' }

/** From the others to rank 0. */
export type FromRank =
  | { readonly type: 'here'; readonly info: RankInfo }
  /** A session has ended; its slot is free. */
  | { readonly type: 'ended'; readonly slot: number }
  | { readonly type: 'seen'; readonly id: number; readonly same: readonly boolean[] }
  | { readonly type: 'bye' }

const TO_RANK = ['open', 'kill', 'look', 'stop']
const FROM_RANK = ['here', 'ended', 'seen', 'bye']

/** Reads a message of rank 0. */
export function toRank(message: unknown): ToRank {
  return checked(message, TO_RANK) as ToRank
}

/** Reads a message of another rank. */
export function fromRank(message: unknown): FromRank {
  return checked(message, FROM_RANK) as FromRank
}

function checked(message: unknown, types: readonly string[]): unknown {
  const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined
  if (!types.includes(String(type))) throw new TypeError(`a rank sent a message of unknown type ${String(type)}`)
  return message
}
