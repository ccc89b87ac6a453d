import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Millis } from '@baari/shared/units/time'
import type { BytePipe, PipeCounters, PipeState } from '../ports/byte-pipe.ts'
import { fault } from './line-faults.ts'

/** A wire in memory: what one end writes, the other gets after `latencyMs` of the clock. */
export type MemoryWire = {
  readonly near: MemoryPipe
  readonly far: MemoryPipe
}

export type MemoryPipe = BytePipe & {
  /** Breaks or mends the wire at this end, as pulling the plug would. */
  plug(state: 'open' | 'opening'): void
}

export function createMemoryWire(clock: Clock, latencyMs: Millis = millis(0)): MemoryWire {
  const near = new MemoryEnd(clock, { name: 'memory-near', latencyMs })
  const far = new MemoryEnd(clock, { name: 'memory-far', latencyMs })
  near.join(far)
  far.join(near)
  return { near, far }
}

class MemoryEnd implements MemoryPipe {
  readonly name: string
  readonly #clock: Clock
  readonly #latencyMs: Millis
  readonly #bytesCalls = new Set<Parameters<BytePipe['onBytes']>[0]>()
  readonly #stateCalls = new Set<(state: PipeState) => void>()
  #peer: MemoryEnd | null = null
  #state: PipeState = 'opening'
  #counters = {
    bytesIn: 0,
    bytesOut: 0,
    opens: 0,
    openFailures: 0,
    losses: 0,
    watchdogTrips: 0,
    refusedWrites: 0,
  }

  constructor(clock: Clock, options: { readonly name: string; readonly latencyMs: Millis }) {
    this.#clock = clock
    this.name = options.name
    this.#latencyMs = options.latencyMs
  }

  join(peer: MemoryEnd): void {
    this.#peer = peer
  }

  start(): void {
    if (this.#state === 'opening') this.plug('open')
  }

  state(): PipeState {
    return this.#state
  }

  fault() {
    return this.#state === 'open' ? null : fault('port_unavailable', this.name, 'unplugged')
  }

  write(bytes: Uint8Array): boolean {
    const peer = this.#peer
    if (this.#state !== 'open' || peer === null) {
      this.#counters.refusedWrites += 1
      return false
    }
    this.#counters.bytesOut += bytes.length
    const copy = Uint8Array.from(bytes)
    this.#clock.after('memory-wire', this.#latencyMs, () => peer.deliver(copy))
    return true
  }

  deliver(bytes: Uint8Array): void {
    if (this.#state !== 'open') return
    this.#counters.bytesIn += bytes.length
    for (const call of this.#bytesCalls) call(bytes, this.#clock.mono())
  }

  onBytes(call: Parameters<BytePipe['onBytes']>[0]) {
    this.#bytesCalls.add(call)
    return () => void this.#bytesCalls.delete(call)
  }

  onState(call: (state: PipeState) => void) {
    this.#stateCalls.add(call)
    return () => void this.#stateCalls.delete(call)
  }

  plug(state: 'open' | 'opening'): void {
    if (this.#state === state || this.#state === 'closed') return
    if (state === 'open') this.#counters.opens += 1
    else this.#counters.losses += 1
    this.#become(state)
  }

  reopen(): void {
    if (this.#state !== 'open') return
    this.#counters.watchdogTrips += 1
    this.#become('opening')
    this.#become('open')
  }

  counters(): PipeCounters {
    return { ...this.#counters }
  }

  close(): Promise<void> {
    if (this.#state !== 'closed') this.#become('closed')
    return Promise.resolve()
  }

  #become(state: PipeState): void {
    this.#state = state
    for (const call of this.#stateCalls) call(state)
  }
}
