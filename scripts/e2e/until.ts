import { setTimeout as sleep } from 'node:timers/promises'

const askAgainMs = 50
/** A bound against hanging, never a measure: a busy machine is slow. */
export const patientMs = 60_000

export type Patience = { readonly what: string; readonly withinMs?: number }

/**
 * Asks until there is an answer other than undefined or false, and returns it.
 *
 * @throws Error naming what did not happen, with the last failure of the question
 */
export async function until<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { what, withinMs = patientMs }: Patience,
): Promise<T> {
  const giveUpAt = performance.now() + withinMs
  let last: unknown
  while (performance.now() < giveUpAt) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      last = undefined
    } catch (reason) {
      last = reason
    }
    await sleep(askAgainMs)
  }
  throw new Error(`not within ${withinMs} ms: ${what}`, last === undefined ? {} : { cause: last })
}
