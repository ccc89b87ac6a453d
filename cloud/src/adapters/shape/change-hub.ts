import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import {
  waitRoom,
  type ChangePlace,
  type PlaceNumbers,
  type Wait,
  type WaitEnd,
} from './wait-room.ts'

/** What the hub asks the database. */
export type ChangeProbe = {
  /** A number that rises with every change, some time before its commit is visible. */
  newestNumber(): Promise<number>
  /** In the order asked; 0 where there is none. */
  newestOf(places: readonly ChangePlace[]): Promise<readonly PlaceNumbers[]>
}

export type ChangeHub = {
  /** Ends at once when the place has moved beyond what the waiter has read. */
  wait(place: ChangePlace, wait: Wait): Promise<WaitEnd>
  /** Number of the newest committed change of a place. */
  end(place: ChangePlace): Promise<number>
  /** Somebody committed: look now instead of at the next poll. */
  look(): void
  /** How many waits are under way. */
  waiting(): number
  stop(): void
}

export type HubDeps = {
  readonly probe: ChangeProbe
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
}

const pollEvery = millis(20)
/** A number is drawn before its commit is visible: after a new one the places are asked this long. */
const settleMs = 5_000
const sureEveryMs = 1_000

/**
 * Wakes long polls (sync.md 5.2). While somebody waits it looks every 20 ms. A waiter says what it
 * has read, so a commit between its reading and its waiting ends the wait at the first look.
 */
export function changeHub({ probe, clock, onFault }: HubDeps): ChangeHub {
  const room = waitRoom(clock)
  const due = askPolicy(clock)
  let cancel: (() => void) | undefined
  let looking = false
  let again = false
  let stopped = false

  function schedule(): void {
    if (stopped || room.size() === 0 || cancel !== undefined) return
    cancel = clock.after('shape poll', pollEvery, () => {
      cancel = undefined
      void look()
    })
  }

  /** One look at a time; a call meanwhile makes it look once more. */
  async function look(): Promise<void> {
    again = true
    if (looking) return
    looking = true
    try {
      while (again) {
        again = false
        await askOnce()
      }
    } catch (error) {
      onFault(error)
      // A database that does not answer must not hide changes for the whole hold.
      room.wakeAll()
    } finally {
      looking = false
    }
    schedule()
  }

  async function askOnce(): Promise<void> {
    if (!due.moved(await probe.newestNumber())) return
    const places = room.places()
    const numbers = await probe.newestOf(places)
    for (const [index, place] of places.entries()) {
      const now = numbers[index]
      if (now !== undefined) room.tell(place, now)
    }
  }

  return {
    wait(place, wait) {
      if (stopped) return Promise.resolve('aborted')
      const ended = room.enter(place, wait)
      due.force()
      schedule()
      return ended
    },
    end: async (place) => (await probe.newestOf([place]))[0]?.seq ?? 0,
    look: () => {
      if (room.size() > 0 && !stopped) void look()
    },
    waiting: () => room.size(),
    stop() {
      stopped = true
      cancel?.()
      room.wakeAll()
    },
  }
}

/**
 * Whether the places have to be asked. The sequence costs next to nothing to read; the places are
 * asked when it moved a short while ago, when a waiter came, or when a second has passed.
 */
function askPolicy(clock: Clock) {
  let number = -1
  let movedAt = 0
  let askedAt: number | undefined
  return {
    force: () => void (askedAt = undefined),
    moved(newest: number): boolean {
      const now = clock.mono()
      if (newest !== number) movedAt = now
      number = newest
      const quiet = now - movedAt > settleMs
      if (quiet && askedAt !== undefined && now - askedAt < sureEveryMs) return false
      askedAt = now
      return true
    },
  }
}
