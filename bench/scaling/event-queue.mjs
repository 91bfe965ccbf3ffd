// A binary heap of events by time; of equal times the one that came first.

export class EventQueue {
  #heap = []
  #count = 0

  push(time, what) {
    const heap = this.#heap
    heap.push([time, what, this.#count++])
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!before(heap[child], heap[parent])) break
      ;[heap[child], heap[parent]] = [heap[parent], heap[child]]
      child = parent
    }
  }

  /** The earliest event, `[time, what]`, or undefined. */
  pop() {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0) return first
    heap[0] = last
    for (let parent = 0; ; ) {
      let least = parent
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && before(heap[child], heap[least])) least = child
      }
      if (least === parent) return first
      ;[heap[least], heap[parent]] = [heap[parent], heap[least]]
      parent = least
    }
  }
}

function before(one, other) {
  return one[0] < other[0] || (one[0] === other[0] && one[2] < other[2])
}
