import { setTimeout as sleep } from 'node:timers/promises'

/** What was waited for did not come in time; the message says what and what was seen last. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime'
}

export type Patience = {
  /** What is waited for, as the failure says it. */
  readonly what: string
  readonly withinMs: number
  readonly everyMs?: number
}

/** Asks until there is an answer other than undefined; never longer than the bound. */
export async function waitUntil<T>(
  { what, withinMs, everyMs = 25 }: Patience,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const limit = performance.now() + withinMs
  let last: unknown
  while (performance.now() < limit) {
    try {
      const found = await ask()
      if (found !== undefined) return found
      last = undefined
    } catch (reason) {
      last = reason
    }
    await sleep(everyMs)
  }
  const why = last instanceof Error ? `: ${last.message}` : ''
  throw new NotInTime(`${what}, not within ${withinMs} ms${why}`)
}
