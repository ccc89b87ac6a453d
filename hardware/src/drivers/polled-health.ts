import type { Clock } from '@baari/shared/runtime/clock'
import type { Mono } from '@baari/shared/units/time'
import type { Health, HealthState } from '../ports/device.ts'

/** Polls without an answer after which a device is offline (S09). */
const missesOffline = 3

/** How a polled device answers, from its hits and misses. */
export class PolledHealth {
  readonly #clock: Clock
  #state: HealthState = 'stopped'
  #since: Mono
  #missed = 0
  #detail = 'not started'

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.mono()
  }

  started(): void {
    this.#become('starting', 'no answer yet')
  }

  stopped(reason: string): void {
    this.#become('stopped', reason)
  }

  answered(): void {
    this.#missed = 0
    this.#become('online', 'answers')
  }

  missed(why: string): void {
    this.#missed += 1
    this.#detail = why
    if (this.#missed >= missesOffline) this.#become('offline', why)
  }

  now(): Health {
    return {
      state: this.#state,
      sinceMono: this.#since,
      missedPolls: this.#missed,
      detail: this.#detail,
    }
  }

  #become(state: HealthState, detail: string): void {
    this.#detail = detail
    if (state === this.#state) return
    this.#state = state
    this.#since = this.#clock.mono()
  }
}
