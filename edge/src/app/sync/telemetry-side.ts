import { maxBatchBytes } from '@baari/shared/contracts/sync/uplink'
import type { StreamHead } from '@baari/shared/contracts/sync/session'
import type { HeadRelation } from '../../domain/sync/uplink-states.ts'
import type { OutboxRun } from '../../ports/sync.ts'
import type { TelemetryMark, TelemetryUplink } from '../../ports/telemetry-uplink.ts'

export type TelemetrySideDeps = {
  /** Absent: a node without sensors. */
  readonly telemetry: TelemetryUplink | undefined
  readonly onFault: (error: unknown) => void
  /** Two histories of readings: told to a person; nothing more is sent in this epoch. */
  readonly onForked: () => void
}

/**
 * The telemetry stream as the uplink sees it: nothing it does holds the ledger up. A thread that
 * fails has nothing to send, and a chain that differs stops this stream alone.
 */
export class TelemetrySide {
  readonly #deps: TelemetrySideDeps
  #forkedIn: string | undefined

  constructor(deps: TelemetrySideDeps) {
    this.#deps = deps
  }

  next(epoch: string, ops: number): Promise<OutboxRun | undefined> {
    const ask = this.#deps.telemetry
    if (ask === undefined || epoch === this.#forkedIn) return Promise.resolve(undefined)
    return this.#orElse(undefined, ask.next(epoch, { ops, bytes: maxBatchBytes }))
  }

  /** Whether readings wait that may be sent. */
  async acked(mark: TelemetryMark): Promise<boolean> {
    const marked = this.#deps.telemetry?.acked(mark) ?? Promise.resolve(nothing)
    const { forked, more } = await this.#orElse(nothing, marked)
    if (forked) this.fork(mark.epoch)
    return more && !forked
  }

  async compare(heads: readonly StreamHead[]): Promise<HeadRelation> {
    const head = heads.find(({ stream }) => stream === 'telemetry')
    if (head === undefined) return 'equal'
    const compared = this.#deps.telemetry?.compare(head) ?? Promise.resolve('equal' as const)
    const relation = await this.#orElse('equal', compared)
    if (relation !== 'chain_differs') return relation
    this.fork(head.epoch)
    return 'equal'
  }

  fork(epoch: string): void {
    if (this.#forkedIn === epoch) return
    this.#forkedIn = epoch
    this.#deps.onForked()
  }

  async #orElse<T>(otherwise: T, asked: Promise<T>): Promise<T> {
    try {
      return await asked
    } catch (error) {
      this.#deps.onFault(error)
      return otherwise
    }
  }
}

const nothing = { forked: false, more: false }
