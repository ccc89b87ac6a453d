import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Millis } from '@baari/shared/units/time'
import type { DispenserState, NozzleNo } from '../../ports/dispenser.ts'
import type { HostPart, PumpPart } from '../../protocols/wayne-dart/parts.ts'
import { fault } from '../../transports/line-faults.ts'
import type { AskOptions } from '../ask-options.ts'
import type { LiveFrame } from '../live-frame.ts'
import type { TotalRead } from '../totals-twice.ts'
import type { DartScale } from './dart-scale.ts'
import type { PumpLink } from './pump-link.ts'
import { frameOf, nothingTold, viewAfter, type PumpView } from './pump-view.ts'

export type ReaderSetup = {
  readonly deviceId: string
  readonly link: PumpLink
  readonly nozzle: NozzleNo
  readonly scale: DartScale
}

/** Rounds until a state stands still; a pump changes twice in a second at most. */
const mostRounds = 3
const running: readonly DispenserState[] = ['started', 'fuelling', 'suspended']

/** Reads one pump; rounds and command sequences take their turns, so that none hears another's. */
export class PumpReader {
  readonly setup: ReaderSetup
  #view: PumpView = nothingTold
  /** The display was told since the pump began to run. */
  #displayOfRun = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(setup: ReaderSetup) {
    this.setup = setup
  }

  /** What the pump said last of display, nozzle and price. */
  get view(): PumpView {
    return this.#view
  }

  /** Runs one after the other; a bounded piece of work each, so the wait is bounded, too. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /**
   * State, display, nozzle and totaliser of one moment. A pump that tells a second state in the same
   * round changed meanwhile, so display and totaliser may be of either: it is asked again. Only in
   * turn.
   */
  async look(options: AskOptions): Promise<Result<LiveFrame, Fault>> {
    const { link, deviceId, nozzle, scale } = this.setup
    for (let round = 0; round < mostRounds; round += 1) {
      const told = await link.ask(questions(nozzle), options)
      if (!told.ok) return told
      this.#view = viewAfter(this.#view, told.value.parts, scale)
      if (changedMeanwhile(told.value.parts)) continue
      const frame = frameOf(told.value, this.#view, { nozzle, scale })
      if (frame !== null && this.#displayIsOfNow(frame, told.value.parts)) return ok(frame)
    }
    return err(fault('bus_timeout', deviceId, 'the pump told no state that stands'))
  }

  /** The display of the sale before beside a running one would be gas that never flowed. */
  #displayIsOfNow({ status }: LiveFrame, parts: readonly PumpPart[]): boolean {
    if (!running.includes(status.state)) this.#displayOfRun = false
    if (parts.some(({ kind }) => kind === 'filling')) this.#displayOfRun = true
    return this.#displayOfRun || !running.includes(status.state)
  }

  /** The totaliser once; null grams when the pump tells no totals of our nozzle. */
  async total(withinMs: Millis): Promise<Result<TotalRead, Fault>> {
    const read = await this.inTurn(() => this.look({ priority: 'control', retries: 2, withinMs }))
    if (!read.ok) return read
    const { status, at, rawHex } = read.value
    return ok({ grams: status.totaliserGrams, at, raw: rawHex })
  }
}

/** One block asks for all that belongs together, so that it is told of one moment. */
function questions(nozzle: NozzleNo): readonly HostPart[] {
  return [
    { kind: 'command', command: 'return-status' },
    { kind: 'command', command: 'return-filling-information' },
    { kind: 'request-totals', nozzle },
  ]
}

function changedMeanwhile(parts: readonly PumpPart[]): boolean {
  const codes = parts.flatMap((part) => (part.kind === 'status' ? [part.code] : []))
  return new Set(codes).size > 1
}
