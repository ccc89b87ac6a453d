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

type Waiter = { readonly read: PlaceNumbers; readonly wake: () => void }
type Bench = { readonly place: ChangePlace; readonly waiters: Set<Waiter> }

export type WaitRoom = {
  enter(place: ChangePlace, wait: Wait): Promise<WaitEnd>
  /** Places somebody waits for, each once. */
  places(): readonly ChangePlace[]
  /** Places that somebody came to since the last call and still waits for. */
  takeNewcomers(): readonly ChangePlace[]
  /** Wakes those who have not read so far. */
  tell(place: ChangePlace, now: PlaceNumbers): void
  /** The same of one change; part -1 is a word about the whole table. */
  tellChange(place: ChangePlace, seq: number): void
  wakeAll(): void
  size(): number
}

/** Those who wait for a change, each with a deadline and a way to leave early. */
export function waitRoom(clock: Clock): WaitRoom {
  const benches = new Map<string, Bench>()
  let newcomers = new Set<string>()
  let size = 0

  function sit(place: ChangePlace, waiter: Waiter): () => void {
    const key = keyOf(place)
    const bench = benches.get(key) ?? { place, waiters: new Set<Waiter>() }
    benches.set(key, bench)
    newcomers.add(key)
    bench.waiters.add(waiter)
    size += 1
    return () => {
      size -= 1
      bench.waiters.delete(waiter)
      if (bench.waiters.size === 0 && benches.get(key) === bench) {
        benches.delete(key)
        newcomers.delete(key)
      }
    }
  }

  function tell(place: ChangePlace, now: Partial<PlaceNumbers>): void {
    for (const { read, wake } of [...(benches.get(keyOf(place))?.waiters ?? [])]) {
      if ((now.seq ?? 0) > read.seq || (now.control ?? 0) > read.control) wake()
    }
  }

  return {
    enter(place, { read, deadline, signal }) {
      if (signal.aborted) return Promise.resolve('aborted')
      return new Promise((resolve) => {
        const end = (how: WaitEnd): void => {
          leave()
          stopTimer()
          signal.removeEventListener('abort', aborted)
          resolve(how)
        }
        const aborted = (): void => end('aborted')
        const leave = sit(place, { read, wake: () => end('changed') })
        const stopTimer = clock.after('shape hold', deadline, () => end('timeout'))
        signal.addEventListener('abort', aborted, { once: true })
      })
    },
    places: () => [...benches.values()].map((bench) => bench.place),
    takeNewcomers() {
      const came = [...newcomers].flatMap((key) => benches.get(key)?.place ?? [])
      newcomers = new Set()
      return came
    },
    tell,
    tellChange(place, seq) {
      if (place.part !== wholeTable) return tell(place, { seq })
      const { rel } = place
      for (const bench of [...benches.values()]) {
        if (bench.place.rel === rel) tell(bench.place, { control: seq })
      }
    },
    wakeAll() {
      for (const { waiters } of [...benches.values()]) for (const { wake } of [...waiters]) wake()
    },
    size: () => size,
  }
}

/** Nobody's part: its changes are words that concern everybody of the table. */
const wholeTable = -1

function keyOf({ part, rel }: ChangePlace): string {
  return `${part}/${rel}`
}
