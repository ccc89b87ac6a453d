/** Makes identifiers. Whoever starts an intent makes its id, which stays its idempotency key. */
export type IdSource = {
  /** A new UUIDv7 (RFC 9562): ordered by creation time, so that indexes grow at one end. */
  uuid(): string
  /** `bytes` random bytes as lower-case hex. */
  hex(bytes: number): string
}

/** Chance as an argument: numbers in [0, 1) from a seed. */
export type Prng = {
  next(): number
}
