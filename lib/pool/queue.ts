/** A first-in, first-out queue whose `shift` does not move the rest. */
export class Queue<T> {
  #items: (T | undefined)[]
  #head = 0

  constructor(items: readonly T[] = []) {
    this.#items = [...items]
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  /** The oldest item. */
  get first(): T | undefined {
    return this.#items[this.#head]
  }

  /** The youngest item. */
  get last(): T | undefined {
    return this.length === 0 ? undefined : this.#items[this.#items.length - 1]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    // Half of the list is spent: move the rest to the front, which costs O(1) a shift on average.
    if (this.#head >= 32 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Takes the youngest item. */
  pop(): T | undefined {
    return this.length === 0 ? undefined : this.#items.pop()
  }

  /** Takes everything. */
  drain(): T[] {
    const items = this.#items.slice(this.#head) as T[]
    this.#items = []
    this.#head = 0
    return items
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i] as T
  }
}
