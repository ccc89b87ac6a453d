import type { Clock } from '@baari/shared/runtime/clock'
import { millis, monoElapsed, type Millis, type Mono } from '@baari/shared/units/time'
import type { ChangeProbe, ProbeMark } from './change-probe.ts'
import { waitRoom, type ChangePlace, type Wait, type WaitEnd, type WaitRoom } from './wait-room.ts'

export type ChangeHub = {
  /** Ends at once when the place has moved beyond what the waiter has read. */
  wait(place: ChangePlace, wait: Wait): Promise<WaitEnd>
  /** Number of the newest committed change of a place. */
  end(place: ChangePlace): Promise<number>
  /** Somebody committed: look now instead of at the next poll. */
  look(): void
  /** The database may be another than before: nothing that was seen of it holds. */
  forget(): void
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
/** Commits of this process ask for a look each: many of them share one. */
const lookGap = millis(5)
/** So often every place is asked for itself, whatever the looks between have seen. */
const sureEveryMs = 5_000

/**
 * Wakes long polls (sync.md 5.2). While somebody waits it looks every 20 ms. A waiter says what it
 * has read, and its place is asked for itself once, so a commit between its reading and its waiting
 * ends the wait at the first look.
 */
export function changeHub({ probe, clock, onFault }: HubDeps): ChangeHub {
  const room = waitRoom(clock)
  const timer = oneTimer(clock)
  const glass = lookingGlass({ probe, clock }, room)
  let lookedAt: Mono | undefined
  let looking = false
  let again = false
  let stopped = false

  function schedule(): void {
    if (stopped || looking) return
    if (room.size() === 0) {
      // What is committed while nobody waits would all be read by the next look.
      glass.forget()
      return
    }
    timer.within(again ? gapLeft() : pollEvery, () => void look())
  }

  function gapLeft(): Millis {
    if (lookedAt === undefined) return millis(0)
    return millis(Math.max(0, lookGap - monoElapsed(lookedAt, clock.mono())))
  }

  /** One look at a time; a call meanwhile makes it look once more. */
  async function look(): Promise<void> {
    looking = true
    again = false
    lookedAt = clock.mono()
    try {
      await glass.look()
    } catch (error) {
      onFault(error)
      glass.forget()
      // A database that does not answer must not hide changes for the whole hold.
      room.wakeAll()
    } finally {
      looking = false
    }
    schedule()
  }

  return {
    wait(place, wait) {
      if (stopped) return Promise.resolve('aborted')
      const ended = room.enter(place, wait)
      schedule()
      return ended
    },
    async end(place) {
      const { numbers } = await probe.look({ since: undefined, places: [place] })
      return numbers[0]?.seq ?? 0
    },
    look() {
      again = true
      schedule()
    },
    forget() {
      glass.forget()
      again = true
      schedule()
    },
    waiting: () => room.size(),
    stop() {
      stopped = true
      timer.stop()
      room.wakeAll()
    },
  }
}

/** Remembers up to where it has seen, and tells those who wait what is new. */
function lookingGlass({ probe, clock }: Pick<HubDeps, 'probe' | 'clock'>, room: WaitRoom) {
  let mark: ProbeMark | undefined
  let forgotten = 0
  let sureAt: Mono = clock.mono()
  return {
    forget() {
      mark = undefined
      forgotten += 1
    },
    async look(): Promise<void> {
      const now = clock.mono()
      const sure = mark === undefined || monoElapsed(sureAt, now) >= sureEveryMs
      if (sure) sureAt = now
      const newcomers = room.takeNewcomers()
      const places = sure ? room.places() : newcomers
      const before = forgotten
      const { mark: seen, numbers, changed } = await probe.look({ since: mark, places })
      // Forgotten meanwhile: what was seen may belong to another database.
      if (before === forgotten) mark = seen
      for (const [index, place] of places.entries()) {
        const newest = numbers[index]
        if (newest !== undefined) room.tell(place, newest)
      }
      for (const { part, rel, seq } of changed) room.tellChange({ part, rel }, seq)
    },
  }
}

/** A timer that only ever moves nearer. */
function oneTimer(clock: Clock) {
  let cancel: (() => void) | undefined
  let dueAt = 0
  const stop = (): void => {
    cancel?.()
    cancel = undefined
  }
  return {
    within(delay: Millis, call: () => void): void {
      const at = clock.mono() + delay
      if (cancel !== undefined && dueAt <= at) return
      stop()
      dueAt = at
      cancel = clock.after('shape poll', delay, () => {
        cancel = undefined
        call()
      })
    },
    stop,
  }
}
