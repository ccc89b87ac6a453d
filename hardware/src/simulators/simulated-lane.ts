import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import type { BarrierPosition } from '../ports/barrier.ts'
import type { LanePage } from '../ports/display.ts'
import { createLaneDeviceDecoder, encodeLaneReply } from '../protocols/baari-lane/codec.ts'
import type { LaneReply, LaneRequest } from '../protocols/baari-lane/messages.ts'
import type { LineEnd } from './line-end.ts'

const selfBlankMs = millis(10_000)
/** How long a boom takes from end to end. */
const travelMs = millis(1_500)

type Trouble = {
  silent: boolean
  /** The next page is torn on its way to the lamps: half of the old one stays. */
  halfUpdate: boolean
  /** Changes the bytes of a reply. */
  distort: (bytes: Uint8Array) => Uint8Array
}

/** Answers requests on a line; what they mean is the device's own. */
abstract class LaneDevice {
  readonly trouble: Trouble = { silent: false, halfUpdate: false, distort: (bytes) => bytes }
  readonly heard: LaneRequest[] = []
  readonly #lines = new Set<LineEnd>()

  protected abstract answer(request: LaneRequest): LaneReply

  /** Attaches a line; answers how to detach it. */
  attach(line: LineEnd): () => void {
    const decoder = createLaneDeviceDecoder()
    this.#lines.add(line)
    const silence = line.onBytes((bytes) => {
      for (const item of decoder.feed(bytes)) {
        if (item.kind !== 'frame' || this.trouble.silent) continue
        this.heard.push(item.frame)
        line.write(this.trouble.distort(encodeLaneReply(this.answer(item.frame))))
      }
    })
    return () => {
      silence()
      this.#lines.delete(line)
    }
  }
}

/** A lane's sign: blank at power-on, and blank again when nobody speaks to it. */
export class SimulatedDisplay extends LaneDevice {
  readonly #clock: Clock
  #page: LanePage = { kind: 'blank' }
  #cancelBlank = (): void => undefined

  constructor(clock: Clock) {
    super()
    this.#clock = clock
  }

  /** What people see. */
  page(): LanePage {
    return this.#page
  }

  powerCycle(): void {
    this.#page = { kind: 'blank' }
  }

  switchOff(): void {
    this.#cancelBlank()
  }

  protected answer(request: LaneRequest): LaneReply {
    const { seq } = request
    if (request.kind !== 'show') return { kind: 'refused', seq, reason: 'no-barrier' }
    this.#cancelBlank()
    this.#cancelBlank = this.#clock.after('sign-blank', selfBlankMs, () => this.powerCycle())
    this.#page = this.trouble.halfUpdate ? halfOf(request.page) : request.page
    this.trouble.halfUpdate = false
    return { kind: 'shown', seq, page: this.#page }
  }
}

function halfOf(page: LanePage): LanePage {
  return page.kind === 'calls' && page.calls.length > 1
    ? { kind: 'calls', calls: page.calls.slice(0, 1) }
    : { kind: 'blank' }
}

/** A lane's barrier with a loop under its boom. */
export class SimulatedBarrier extends LaneDevice {
  readonly #clock: Clock
  #position: BarrierPosition = 'closed'
  #occupied = false

  constructor(clock: Clock) {
    super()
    this.#clock = clock
  }

  position(): BarrierPosition {
    return this.#position
  }

  /** A limit switch failed, or somebody moved the boom by hand. */
  place(position: BarrierPosition): void {
    this.#position = position
  }

  vehicle(under: boolean): void {
    this.#occupied = under
  }

  protected answer(request: LaneRequest): LaneReply {
    const { seq } = request
    if (request.kind === 'show') return { kind: 'refused', seq, reason: 'no-sign' }
    if (request.kind === 'move') {
      if (request.to === 'closed' && this.#occupied)
        return { kind: 'refused', seq, reason: 'occupied' }
      this.#travel(request.to)
    }
    return { kind: 'barrier', seq, position: this.#position, occupied: this.#occupied }
  }

  #travel(to: 'open' | 'closed'): void {
    if (this.#position === to) return
    this.#position = 'moving'
    this.#clock.after('boom-travel', travelMs, () => {
      if (this.#position === 'moving') this.#position = to
    })
  }
}
