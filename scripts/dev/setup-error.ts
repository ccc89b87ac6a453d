/**
 * Something on this machine stands in the way. The message is a sentence for the person at the
 * keyboard: what is wrong and, where there is one, the way out.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}
