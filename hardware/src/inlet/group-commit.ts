import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'

export type GroupCommitOptions<Row> = {
  readonly clock: Clock
  /** Resolves when the rows are on disk; a rejection means that none of them may be acknowledged. */
  readonly store: (rows: readonly Row[]) => Promise<void>
  readonly mostRows?: number
  readonly withinMs?: number
}

type Waiting<Row> = { readonly row: Row; readonly done: (stored: boolean) => void }

const usualMostRows = 200
const usualWithinMs = 5

/**
 * Collects rows into groups of at most 200 or 5 ms and stores one group at a time. A row is told
 * stored only when its group is.
 */
export class GroupCommit<Row> {
  readonly #options: GroupCommitOptions<Row>
  readonly #mostRows: number
  readonly #withinMs: number
  #waiting: Waiting<Row>[] = []
  #storing = 0
  #cancelTimer: (() => void) | null = null

  constructor(options: GroupCommitOptions<Row>) {
    this.#options = options
    this.#mostRows = options.mostRows ?? usualMostRows
    this.#withinMs = options.withinMs ?? usualWithinMs
  }

  /** Rows that are not stored yet, those on their way to the disk included. */
  get size(): number {
    return this.#waiting.length + this.#storing
  }

  add(row: Row, done: (stored: boolean) => void): void {
    this.#waiting.push({ row, done })
    if (this.#storing > 0) return
    if (this.#waiting.length >= this.#mostRows) void this.#flush()
    else this.#flushSoon()
  }

  #flushSoon(): void {
    this.#cancelTimer ??= this.#options.clock.after('inlet-group', millis(this.#withinMs), () => {
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (this.#storing > 0 || this.#waiting.length === 0) return
    const group = this.#waiting.slice(0, this.#mostRows)
    this.#waiting = this.#waiting.slice(this.#mostRows)
    this.#storing = group.length
    const stored = await this.#options.store(group.map(({ row }) => row)).then(
      () => true,
      () => false,
    )
    this.#storing = 0
    for (const { done } of group) done(stored)
    if (this.#waiting.length >= this.#mostRows) void this.#flush()
    else if (this.#waiting.length > 0) this.#flushSoon()
  }
}
