/** What `node:v8` documents in prose and its types leave out: the hooks for values that a subclass writes itself. */
declare module 'node:v8' {
  interface Serializer {
    /** With `true`, typed arrays, DataViews and Buffers go to `_writeHostObject`. */
    _setTreatArrayBufferViewsAsHostObjects(flag: boolean): void
  }
}

export {}
