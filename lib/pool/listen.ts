/** Several listeners of a pool that come and go together. */
import type { Pool } from './pool.js'
import type { PoolEvents } from './pool-events.js'

/** Whom to call at which events. */
export type PoolListeners = { readonly [E in keyof PoolEvents]?: (facts: PoolEvents[E]) => void }

/** Puts the listeners on the pool; the result takes them off again. */
export function listen(pool: Pool, listeners: PoolListeners): () => void {
  const events = Object.keys(listeners) as (keyof PoolEvents)[]
  const each = (action: 'on' | 'off'): void => {
    for (const event of events) pool[action](event, listeners[event] as (facts: PoolEvents[keyof PoolEvents]) => void)
  }
  each('on')
  return () => each('off')
}
