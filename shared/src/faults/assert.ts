/**
 * A bug in our own code. The process puts equipment into its safe state and restarts that part;
 * nobody catches it to go on.
 */
export class Bug extends Error {
  override readonly name = 'Bug'
}

/** Stays on in production: an impossible state must stop the unit, not sell gas. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Bug(what)
}

/** For the branch the compiler has proven empty. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${JSON.stringify(value)}`)
}

/** The value, when its absence would be a bug. */
export function present<T>(value: T | undefined | null, what: string): T {
  assert(value !== undefined && value !== null, `${what} must be present`)
  return value
}
