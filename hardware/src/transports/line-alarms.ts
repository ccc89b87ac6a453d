import type { Clock } from '@baari/shared/runtime/clock'
import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Fault } from '@baari/shared/faults/no'
import { millis, monoElapsed, type Mono } from '@baari/shared/units/time'
import type { RaisedFault } from '../ports/device.ts'

/** What was seen so long ago for the last time is over. */
const overAfterMs = millis(60_000)

/**
 * Alarms of a line that are seen and cannot be asked for. Each is told once, however often it is
 * seen, and is over when it was not seen for a minute.
 */
export class LineAlarms {
  readonly #clock: Clock
  readonly #onRaised: (raised: RaisedFault) => void
  readonly #seen = new Map<FaultCode, { readonly raised: RaisedFault; readonly lastAt: Mono }>()

  constructor(clock: Clock, onRaised: (raised: RaisedFault) => void) {
    this.#clock = clock
    this.#onRaised = onRaised
  }

  see(fault: Fault): void {
    const lastAt = this.#clock.mono()
    const open = this.#open(fault.code)
    if (open !== null) {
      this.#seen.set(fault.code, { raised: open, lastAt })
      return
    }
    const raised = { fault, raisedAt: this.#clock.now(), raisedMono: lastAt }
    this.#seen.set(fault.code, { raised, lastAt })
    this.#onRaised(raised)
  }

  all(): readonly RaisedFault[] {
    return [...this.#seen.keys()].flatMap((code) => this.#open(code) ?? [])
  }

  #open(code: FaultCode): RaisedFault | null {
    const seen = this.#seen.get(code)
    if (seen === undefined) return null
    return monoElapsed(seen.lastAt, this.#clock.mono()) < overAfterMs ? seen.raised : null
  }
}
