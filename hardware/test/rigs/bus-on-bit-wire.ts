import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { createModbusMasterCodec } from '../../src/protocols/modbus/frame-codec.ts'
import { serveSlaves, type SlaveDevice } from '../../src/simulators/modbus-slave.ts'
import { createBus } from '../../src/transports/bus.ts'
import type { LineTiming } from '../../src/transports/line-timing.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { joinByBitTime, joinedPorts, type BitWire } from './bit-wire.ts'
import type { ModbusBus } from './memory-bus.ts'
import { steppedClock, type SteppedClock } from './stepped-clock.ts'

export type BusOnBitWire = {
  readonly clock: SteppedClock
  readonly bus: ModbusBus
  readonly wire: BitWire
}

/** A started bus and these devices on one half-duplex wire, all in simulated time from one seed. */
export function busOnBitWire(options: {
  readonly devices: readonly SlaveDevice[]
  readonly timing: LineTiming
  readonly seed: number
  readonly clock?: SteppedClock
  readonly flipShare?: number
  readonly dropShare?: number
  readonly pieceBytes?: number
}): BusOnBitWire {
  const { devices, timing, seed, clock = steppedClock(), ...noise } = options
  const { near, far } = createMemoryWire(clock)
  const [wireEnd, deviceEnd] = joinedPorts()
  far.start()
  const wire = joinByBitTime(far, wireEnd, { clock, timing, prng: seededPrng(seed), ...noise })
  serveSlaves(deviceEnd, devices, clock)
  const codec = createModbusMasterCodec()
  const bus = createBus({ name: 'wire', pipe: near, codec, clock, timing })
  bus.start()
  return { clock, bus, wire }
}
