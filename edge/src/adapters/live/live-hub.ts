import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import type { ScanView, StationView } from '@baari/shared/contracts/live/station-view'
import type { Clock } from '@baari/shared/runtime/clock'
import { millis, seconds, type Mono } from '@baari/shared/units/time'
import type { Live } from '../../ports/live.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { ScreenStream } from './screen-stream.ts'

/** Ten views a second are more than an eye follows and little enough for an old tablet. */
const shortestMs = 100
const heartbeat = seconds(15)
export const mostScreens = 32

export type LiveHubParts = {
  readonly clock: Clock
  /** The whole view, read from the ledger; asked at most ten times a second. */
  readonly readView: () => Promise<StationView>
  /** What of it everybody in line may see. */
  readonly boardOf: (view: StationView) => PublicBoard
  readonly metrics: Metrics
  readonly log: Log
}

type Seat = { readonly screen: ScreenStream; readonly audience: Set<ScreenStream> }

const encoder = new TextEncoder()
/** An event and no comment, so that a page without news can tell a quiet node from a lost one. */
const beatFrame = encoder.encode('event: beat\ndata: still here\n\n')

/** One server-sent event (HTML living standard, section 9.2.6); JSON holds no line break. */
function frameOf(event: 'view' | 'scan' | 'board', data: unknown): Uint8Array {
  return encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

/**
 * Sends every screen the whole view when it connects and at every change, and each scan at once.
 * The view is read and written once for all screens; while it is being read, further changes wait
 * for the next one, so a slow disk never piles up reads.
 */
export class LiveHub implements Live {
  readonly #parts: LiveHubParts
  readonly #screens = new Set<ScreenStream>()
  readonly #boards = new Set<ScreenStream>()
  #lastAt: Mono | undefined
  #pending = false
  #reading = false
  #cancelView: (() => void) | undefined
  #cancelBeat: (() => void) | undefined

  constructor(parts: LiveHubParts) {
    this.#parts = parts
  }

  changed(): void {
    this.#pending = true
    this.#schedule()
  }

  scanned(scan: ScanView): void {
    const frame = frameOf('scan', scan)
    for (const screen of [...this.#screens]) screen.scan(frame)
  }

  open(): ReadableStream<Uint8Array> | undefined {
    return this.#open(this.#screens)
  }

  openBoard(): ReadableStream<Uint8Array> | undefined {
    return this.#open(this.#boards)
  }

  close(): void {
    this.#pending = false
    this.#cancelView?.()
    for (const screen of this.#all()) screen.end()
  }

  /** Boards have their own bound: nobody who only looks can keep an attendant out. */
  #open(audience: Set<ScreenStream>): ReadableStream<Uint8Array> | undefined {
    if (audience.size >= mostScreens) return undefined
    const screen: ScreenStream = new ScreenStream({
      clock: this.#parts.clock,
      gone: (reason) => this.#leave({ screen, audience }, reason),
    })
    audience.add(screen)
    this.#parts.metrics.screens(this.#count())
    if (!this.#cancelBeat) this.#beat()
    this.changed()
    return screen.body
  }

  #all(): readonly ScreenStream[] {
    return [...this.#screens, ...this.#boards]
  }

  #count(): number {
    return this.#screens.size + this.#boards.size
  }

  #schedule(): void {
    if (!this.#pending || this.#reading || this.#cancelView || this.#count() === 0) return
    const { clock } = this.#parts
    const sinceMs = this.#lastAt === undefined ? shortestMs : clock.mono() - this.#lastAt
    const wait = millis(Math.max(0, shortestMs - sinceMs))
    this.#cancelView = clock.after('live view', wait, () => {
      this.#cancelView = undefined
      void this.#send()
    })
  }

  async #send(): Promise<void> {
    const { clock, readView, boardOf, log } = this.#parts
    this.#pending = false
    this.#reading = true
    this.#lastAt = clock.mono()
    try {
      const view = await readView()
      const frame = frameOf('view', view)
      for (const screen of [...this.#screens]) screen.view(frame)
      if (this.#boards.size === 0) return
      const board = frameOf('board', boardOf(view))
      for (const screen of [...this.#boards]) screen.view(board)
    } catch (error) {
      // Screens keep the last view; the next change tries again.
      log({ level: 'error', event: 'live view failed', fields: { reason: String(error) } })
    } finally {
      this.#reading = false
      this.#schedule()
    }
  }

  #beat(): void {
    this.#cancelBeat = this.#parts.clock.after('live heartbeat', heartbeat, () => {
      for (const screen of this.#all()) screen.heartbeat(beatFrame)
      this.#beat()
    })
  }

  #leave({ screen, audience }: Seat, reason: 'left' | 'slow'): void {
    audience.delete(screen)
    this.#parts.metrics.screens(this.#count())
    if (reason === 'slow') this.#parts.metrics.screenDropped()
    if (this.#count() > 0) return
    this.#cancelBeat?.()
    this.#cancelBeat = undefined
  }
}
