import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis } from '@baari/shared/units/time'

export type ChangePlace = { readonly part: number; readonly rel: number }

/** Newest committed numbers of a place: its own changes, and words that concern its whole table. */
export type PlaceNumbers = { readonly seq: number; readonly control: number }

export type WaitEnd = 'changed' | 'timeout' | 'aborted'
export type Wait = {
  /** What the waiter has read already: anything above it ends the wait. */
  readonly read: PlaceNumbers
  readonly deadline: Millis
  readonly signal: AbortSignal
}

type Waiter = { readonly key: string; readonly read: PlaceNumbers; readonly wake: () => void }

export type WaitRoom = {
  enter(place: ChangePlace, wait: Wait): Promise<WaitEnd>
  /** Places somebody waits for, each once. */
  places(): readonly ChangePlace[]
  /** Wakes those who have not read so far. */
  tell(place: ChangePlace, now: PlaceNumbers): void
  wakeAll(): void
  size(): number
}

/** Those who wait for a change, each with a deadline and a way to leave early. */
export function waitRoom(clock: Clock): WaitRoom {
  const waiters = new Set<Waiter>()
  const places = new Map<string, ChangePlace>()

  function leave(waiter: Waiter): void {
    waiters.delete(waiter)
    for (const other of waiters) if (other.key === waiter.key) return
    places.delete(waiter.key)
  }

  return {
    enter(place, { read, deadline, signal }) {
      return new Promise((resolve) => {
        const end = (how: WaitEnd): void => {
          leave(waiter)
          stopTimer()
          signal.removeEventListener('abort', aborted)
          resolve(how)
        }
        const aborted = (): void => end('aborted')
        const waiter = { key: keyOf(place), read, wake: () => end('changed') }
        const stopTimer = clock.after('shape hold', deadline, () => end('timeout'))
        if (signal.aborted) return end('aborted')
        signal.addEventListener('abort', aborted, { once: true })
        waiters.add(waiter)
        places.set(waiter.key, place)
      })
    },
    places: () => [...places.values()],
    tell(place, now) {
      const key = keyOf(place)
      for (const waiter of [...waiters]) {
        const { read } = waiter
        if (waiter.key === key && (now.seq > read.seq || now.control > read.control)) waiter.wake()
      }
    },
    wakeAll() {
      for (const { wake } of [...waiters]) wake()
    },
    size: () => waiters.size,
  }
}

function keyOf({ part, rel }: ChangePlace): string {
  return `${part}/${rel}`
}
