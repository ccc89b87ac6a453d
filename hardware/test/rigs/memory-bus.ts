import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { millis, monoAfter } from '@baari/shared/units/time'
import type { Bus, Exchange } from '../../src/ports/bus.ts'
import { createModbusMasterCodec } from '../../src/protocols/modbus/frame-codec.ts'
import type { ModbusReply, ModbusRequest } from '../../src/protocols/modbus/frames.ts'
import { serveSlaves, type SlaveDevice } from '../../src/simulators/modbus-slave.ts'
import { createBus } from '../../src/transports/bus.ts'
import type { LineWait } from '../../src/transports/system-clock.ts'
import { createMemoryWire, type MemoryPipe } from '../../src/transports/memory-pipe.ts'

export type ModbusBus = Bus<ModbusRequest, ModbusReply>

export type MemoryBusRig = {
  readonly clock: ManualClock
  readonly bus: ModbusBus
  readonly near: MemoryPipe
  readonly far: MemoryPipe
  /** Every chunk the bus wrote, in order. */
  readonly sent: { readonly bytes: Uint8Array; readonly atMs: number }[]
}

export type MemoryBusOptions = {
  readonly echo?: 'strip' | 'none'
  readonly wait?: (clock: ManualClock) => LineWait
}

/** A bus at 19200 baud 8E1 over a memory wire with these devices on it, already started. */
export function memoryBus(
  devices: readonly SlaveDevice[],
  { wait, ...options }: MemoryBusOptions = {},
): MemoryBusRig {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  const sent: { bytes: Uint8Array; atMs: number }[] = []
  far.onBytes((bytes, at) => sent.push({ bytes, atMs: at }))
  far.start()
  serveSlaves(far, devices, clock)
  const bus = createBus({
    name: 'rs1',
    pipe: near,
    codec: createModbusMasterCodec(),
    clock,
    timing: { baud: 19_200, bitsPerChar: 11 },
    ...options,
    ...(wait === undefined ? {} : { wait: wait(clock) }),
  })
  bus.start()
  return { clock, bus, near, far, sent }
}

/** A read in three lengths, so that a late reply can be told apart. */
export function readExchange(
  rig: { readonly clock: ManualClock },
  spec: {
    readonly address: number
    readonly start: number
    readonly counts?: readonly [number, ...number[]]
  } & Partial<Omit<Exchange<ModbusRequest>, 'forms'>>,
): Exchange<ModbusRequest> {
  const { address, start, counts = [4, 5, 6], ...rest } = spec
  const [first, ...others] = counts
  const form = (count: number): ModbusRequest => ({ kind: 'read', address, fn: 3, start, count })
  return {
    forms: [form(first), ...others.map(form)],
    priority: 'poll',
    timeoutMs: millis(200),
    retries: 0,
    deadline: monoAfter(rig.clock.mono(), millis(60_000)),
    ...rest,
  }
}
