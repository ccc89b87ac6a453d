import type { Priority } from '../ports/bus.ts'

export type Queued = {
  readonly address: number
  readonly priority: Priority
  /** The device is filling now. */
  readonly active: boolean
}

type Rank = 'stop' | 'control' | 'active' | 'resting' | 'slow'

/** Exchanges that may wait for one line; a driver keeps one or two of them. */
const longestQueue = 128
/** Of so many polls one goes to the slow ones, however busy the line is. */
const slowShare = 16

/**
 * Who speaks next. Stops, then controls, then polls: filling devices and resting ones in turn, so
 * that the filling ones get half of the line, and among equals the address that was not served
 * last.
 */
export class BusQueue<Entry extends Queued> {
  readonly #ranks: Record<Rank, Entry[]> = {
    stop: [],
    control: [],
    active: [],
    resting: [],
    slow: [],
  }
  #polls = 0
  #lastWasActive = false
  #lastAddress = -1

  get size(): number {
    return Object.values(this.#ranks).reduce((sum, rank) => sum + rank.length, 0)
  }

  get hasStop(): boolean {
    return this.#ranks.stop.length > 0
  }

  /** False when the queue is full; a stop is always taken. */
  push(entry: Entry): boolean {
    if (entry.priority !== 'stop' && this.size >= longestQueue) return false
    this.#ranks[rankOf(entry)].push(entry)
    return true
  }

  /** Puts an entry back in front of its equals. */
  putBack(entry: Entry): void {
    this.#ranks[rankOf(entry)].unshift(entry)
  }

  /** `only` serves that address and stops alone. */
  take(only: number | null = null): Entry | undefined {
    if (only !== null) return this.#ranks.stop.shift() ?? this.#takeOf(only)
    const first = this.#ranks.stop.shift() ?? this.#ranks.control.shift()
    return first ?? this.#takePoll()
  }

  /** Removes and returns what fits the predicate, in order. */
  remove(predicate: (entry: Entry) => boolean): readonly Entry[] {
    const removed: Entry[] = []
    for (const rank of Object.values(this.#ranks)) {
      const kept = rank.filter((entry) => !predicate(entry))
      removed.push(...rank.filter(predicate))
      rank.splice(0, rank.length, ...kept)
    }
    return removed
  }

  #takeOf(address: number): Entry | undefined {
    for (const rank of [this.#ranks.control, this.#ranks.active, this.#ranks.resting]) {
      const index = rank.findIndex((entry) => entry.address === address)
      if (index >= 0) return rank.splice(index, 1)[0]
    }
    return undefined
  }

  #takePoll(): Entry | undefined {
    const { active, resting, slow } = this.#ranks
    this.#polls += 1
    const slowTurn = slow.length > 0 && this.#polls % slowShare === 0
    if (slowTurn || active.length + resting.length === 0) return slow.shift()
    const activeTurn = active.length > 0 && (resting.length === 0 || !this.#lastWasActive)
    this.#lastWasActive = activeTurn
    const rank = activeTurn ? active : resting
    const other = rank.findIndex((entry) => entry.address !== this.#lastAddress)
    const [entry] = rank.splice(Math.max(0, other), 1)
    this.#lastAddress = entry?.address ?? -1
    return entry
  }
}

function rankOf(entry: Queued): Rank {
  if (entry.priority !== 'poll') return entry.priority
  return entry.active ? 'active' : 'resting'
}
