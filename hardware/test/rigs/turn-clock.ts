import type { ManualClock } from '@baari/shared/testing/manual-clock'
import { millis } from '@baari/shared/units/time'

/** Lets every promise that is ready run on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Moves the clock in steps until the promise is settled; a promise that needs more than `withinMs`
 * of simulated time fails the test.
 */
export async function until<T>(
  clock: ManualClock,
  promise: Promise<T>,
  { stepMs = 5, withinMs = 60_000 }: { readonly stepMs?: number; readonly withinMs?: number } = {},
): Promise<T> {
  let done = false
  const finished = promise.finally(() => {
    done = true
  })
  for (let passed = 0; passed <= withinMs; passed += stepMs) {
    await settle()
    if (done) return finished
    clock.advance(millis(stepMs))
  }
  throw new Error(`not settled within ${withinMs} ms of simulated time`)
}

/** Moves the clock by `totalMs` in steps, letting promises run between them. */
export async function pass(clock: ManualClock, totalMs: number, stepMs = 5): Promise<void> {
  for (let passed = 0; passed < totalMs; passed += stepMs) {
    clock.advance(millis(Math.min(stepMs, totalMs - passed)))
    await settle()
  }
}
