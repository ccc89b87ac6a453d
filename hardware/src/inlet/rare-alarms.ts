import type { Fault } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'

const pauseMs = 60_000
const mostCauses = 1_024

/** Tells a fault once per cause and minute: a device can repeat its mistake a thousand times. */
export class RareAlarms {
  readonly #clock: Clock
  readonly #tell: (raised: Fault) => void
  readonly #toldAtMs = new Map<string, number>()

  constructor(clock: Clock, tell: (raised: Fault) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  raise(raised: Fault): void {
    const cause = `${raised.code}:${raised.device}`
    const now = this.#clock.mono()
    const last = this.#toldAtMs.get(cause)
    if (last !== undefined && now - last < pauseMs) return
    this.#toldAtMs.set(cause, now)
    const [oldest] = this.#toldAtMs.keys()
    if (this.#toldAtMs.size > mostCauses && oldest !== undefined) this.#toldAtMs.delete(oldest)
    this.#tell(raised)
  }
}
