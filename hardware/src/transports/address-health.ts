import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import type { AddressHealth } from '../ports/bus.ts'

/** Missed exchanges after which an address is backed off. */
const missesToBackOff = 3
const shortestBackOffMs = 1_000
const longestBackOffMs = 30_000

const unknown: AddressHealth = { missed: 0, backOffUntil: null, lastReplyAt: null }

/**
 * Keeps a dead device from taking the line of the living (S13): after three misses it is asked
 * once in 1, 2, 4 … 30 s. Stops and controls are never held back.
 */
export class AddressHealths {
  readonly #healths = new Map<number, AddressHealth>()

  of(address: number): AddressHealth {
    return this.#healths.get(address) ?? unknown
  }

  answered(address: number, at: Mono): void {
    this.#healths.set(address, { missed: 0, backOffUntil: null, lastReplyAt: at })
  }

  missed(address: number, at: Mono): void {
    const health = this.of(address)
    const missed = health.missed + 1
    const step = missed - missesToBackOff
    const backOffMs = Math.min(longestBackOffMs, shortestBackOffMs * 2 ** Math.min(step, 5))
    this.#healths.set(address, {
      ...health,
      missed,
      backOffUntil: step < 0 ? null : monoAfter(at, millis(backOffMs)),
    })
  }

  /** The line was opened again: everyone may be asked at once. */
  forgive(): void {
    for (const [address, health] of this.#healths) {
      this.#healths.set(address, { ...health, missed: 0, backOffUntil: null })
    }
  }
}
