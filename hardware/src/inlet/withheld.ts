import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Millis, type Mono } from '@baari/shared/units/time'

/** A client that waits for acknowledgements. */
export type WaitingClient = {
  readonly halfKeepAliveMs: Millis
  /** Ends the connection; what was not acknowledged is sent again by the device. */
  readonly disconnect: () => void
}

type Held = { readonly client: WaitingClient; readonly since: Mono; readonly tries: () => boolean }

const sweepMs = millis(250)
/** Messages that may wait outside a full queue, over all clients. */
const mostHeld = 20_000

/**
 * Messages whose acknowledgement is withheld because the disk does not keep up. A broker that waits
 * does not read the client's pings and would be cut at 1.5 times the keep-alive; so at half of it
 * the connection is ended unacknowledged (hardware.md section 8).
 */
export class Withheld {
  readonly #clock: Clock
  #held: Held[] = []
  #cancel: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#held.length
  }

  /** `tries` is called until it answers true. */
  hold(client: WaitingClient, tries: () => boolean): void {
    if (this.#held.length >= mostHeld) {
      client.disconnect()
      return
    }
    this.#held.push({ client, since: this.#clock.mono(), tries })
    this.#cancel ??= this.#clock.after('inlet-withheld', sweepMs, () => this.#sweep())
  }

  /** There is room again: in the order of arrival, as far as it goes. */
  release(): void {
    const stop = this.#held.findIndex((held) => !held.tries())
    this.#held.splice(0, stop < 0 ? this.#held.length : stop)
  }

  #sweep(): void {
    this.#cancel = null
    const now = this.#clock.mono()
    const late = new Set(
      this.#held
        .filter(({ client, since }) => now - since > client.halfKeepAliveMs)
        .map(({ client }) => client),
    )
    this.#held = this.#held.filter(({ client }) => !late.has(client))
    for (const client of late) client.disconnect()
    if (this.#held.length > 0) {
      this.#cancel = this.#clock.after('inlet-withheld', sweepMs, () => this.#sweep())
    }
  }
}
