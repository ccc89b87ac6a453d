import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `check` answers something other than undefined or false, at most `withinMs`. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T> | T,
  withinMs = 30_000,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + withinMs
  for (;;) {
    const value = await check()
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`)
    await sleep(10)
  }
}
