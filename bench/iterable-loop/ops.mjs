/** An operation that does nothing: what is left is reading, writing and handing over. */
export function noop(configs) {
  return configs
}
