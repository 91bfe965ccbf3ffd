// Runs tasks of a pool that takes them one by one, so many at a time.

/**
 * Calls `call(item)` for every item, with `limit` under way; gives the results in order.
 *
 * The peers queue what their workers can't take, so a limit above what they send is no loss to them.
 */
export function inFlight(call, items, limit) {
  const results = new Array(items.length)
  let next = 0
  let open = items.length
  return new Promise((resolve, reject) => {
    if (open === 0) resolve(results)
    const begin = () => {
      const index = next++
      call(items[index]).then((result) => {
        results[index] = result
        if (next < items.length) begin()
        if (--open === 0) resolve(results)
      }, reject)
    }
    for (let i = Math.min(limit, items.length); i > 0; i--) begin()
  })
}
