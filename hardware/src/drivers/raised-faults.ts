import type { Clock } from '@baari/shared/runtime/clock'
import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Fault } from '@baari/shared/faults/no'
import type { RaisedFault } from '../ports/device.ts'

/** The faults a device has now, at most one per code; each is told once when it is raised. */
export class RaisedFaults {
  readonly #clock: Clock
  readonly #raised = new Map<FaultCode, RaisedFault>()
  readonly #onRaised: (raised: RaisedFault) => void

  constructor(clock: Clock, onRaised: (raised: RaisedFault) => void) {
    this.#clock = clock
    this.#onRaised = onRaised
  }

  raise(fault: Fault): void {
    if (this.#raised.has(fault.code)) return
    const raised = { fault, raisedAt: this.#clock.now(), raisedMono: this.#clock.mono() }
    this.#raised.set(fault.code, raised)
    this.#onRaised(raised)
  }

  clear(...codes: readonly FaultCode[]): void {
    for (const code of codes) this.#raised.delete(code)
  }

  all(): readonly RaisedFault[] {
    return [...this.#raised.values()]
  }
}
