import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { millis, monoAfter } from '@baari/shared/units/time'
import type { Bus, BusStats } from '../../src/ports/bus.ts'
import { createModbusMasterCodec } from '../../src/protocols/modbus/frame-codec.ts'
import type { ModbusReply, ModbusRequest } from '../../src/protocols/modbus/frames.ts'
import { serveSlaves, slaveDevice, type SlaveDevice } from '../../src/simulators/modbus-slave.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { busOnBitWire } from '../rigs/bus-on-bit-wire.ts'
import { numberedBank, readRight } from '../rigs/numbered-bank.ts'
import { settle } from '../rigs/turn-clock.ts'

export type LateReplyOutcome = {
  readonly reads: number
  readonly right: number
  /** Reads that were answered with a value of another register. Must be 0. */
  readonly wrong: number
  readonly failed: number
  readonly stats: BusStats
}

type ModbusBus = Bus<ModbusRequest, ModbusReply>

/** Every third reply comes 300 ms after its request; the bus gives up after 200 ms. */
export function everyThirdLate(address: number): SlaveDevice {
  const device = slaveDevice(address, numberedBank)
  device.trouble.delayMs = (nth) => millis(nth % 3 === 0 ? 300 : 6)
  return device
}

/** Latency drawn anew for each reply: mostly prompt, sometimes just late, sometimes very late. */
export function randomlyLate(address: number, prng: Prng): SlaveDevice {
  const device = slaveDevice(address, numberedBank)
  device.trouble.delayMs = () => {
    const kind = wholeBetween(prng, 0, 9)
    if (kind < 6) return millis(wholeBetween(prng, 1, 60))
    return millis(kind < 9 ? wholeBetween(prng, 190, 410) : wholeBetween(prng, 400, 4_000))
  }
  device.trouble.distort = (bytes) => (wholeBetween(prng, 0, 19) === 0 ? null : bytes)
  return device
}

/**
 * Reads registers whose content tells where they lie, from devices that answer late, and counts
 * the values that reached the wrong request. Simulated time: 10,000 reads take seconds.
 */
export async function runLateReplies(options: {
  readonly reads: number
  readonly seed: number
  readonly latency?: 'every-third' | 'random'
}): Promise<LateReplyOutcome> {
  const clock = manualClock()
  const prng = seededPrng(options.seed)
  const { near, far } = createMemoryWire(clock)
  const devices =
    options.latency === 'random'
      ? [1, 2, 3].map((address) => randomlyLate(address, prng))
      : [everyThirdLate(1)]
  far.start()
  serveSlaves(far, devices, clock)
  const bus = createBus({
    name: 'late',
    pipe: near,
    codec: createModbusMasterCodec(),
    clock,
    timing: { baud: 19_200, bitsPerChar: 11 },
  })
  bus.start()
  return readMany(bus, {
    ...options,
    prng,
    clock,
    devices: devices.length,
    turn: () => {
      clock.advance(millis(1_000))
      return settle()
    },
  })
}

/** The same with every byte in its time, over one half-duplex wire. */
export async function runLateOnWire(options: {
  readonly reads: number
  readonly seed: number
}): Promise<LateReplyOutcome> {
  const { reads, seed } = options
  const timing = { baud: 19_200, bitsPerChar: 11 } as const
  const { bus, clock } = busOnBitWire({ devices: [everyThirdLate(1)], timing, seed })
  const prng = seededPrng(seed)
  return readMany(bus, { reads, prng, clock, devices: 1, turn: () => clock.step() })
}

type ManyReads = {
  readonly reads: number
  readonly prng: Prng
  readonly clock: Clock
  readonly devices: number
  /** Lets time pass when every place in flight is taken. */
  readonly turn: () => Promise<void>
}

/** Keeps sixteen reads of random registers and lengths in flight until all are done. */
export async function readMany(bus: ModbusBus, many: ManyReads): Promise<LateReplyOutcome> {
  const tally = { right: 0, wrong: 0, failed: 0 }
  let inFlight = 0
  for (let read = 0; read < many.reads; read += 1) {
    while (inFlight >= 16) await many.turn()
    inFlight += 1
    void readOnce(bus, many).then((verdict) => {
      tally[verdict] += 1
      inFlight -= 1
    })
  }
  while (inFlight > 0) await many.turn()
  return { reads: many.reads, ...tally, stats: bus.stats() }
}

async function readOnce(bus: ModbusBus, many: ManyReads): Promise<'right' | 'wrong' | 'failed'> {
  const { prng, clock } = many
  const address = wholeBetween(prng, 1, many.devices)
  const start = wholeBetween(prng, 0, 60_000)
  const length = wholeBetween(prng, 1, 10)
  const form = (count: number) => ({ kind: 'read', address, fn: 3, start, count }) as const
  const answer = await bus.exchange({
    forms: [form(length), form(length + 1), form(length + 2)],
    // Controls are not held back by the back-off, so every read really goes out.
    priority: 'control',
    timeoutMs: millis(200),
    retries: wholeBetween(prng, 0, 2),
    deadline: monoAfter(clock.mono(), millis(120_000)),
  })
  if (!answer.ok) return 'failed'
  const { reply } = answer.value
  return reply.kind === 'registers' && readRight(reply.words, start) ? 'right' : 'wrong'
}
