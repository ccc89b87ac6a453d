import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { createWayneDart } from '../../src/drivers/wayne-dart/wayne-dart.ts'
import {
  wayneDartConfigSchema,
  type WayneDartConfig,
} from '../../src/drivers/wayne-dart/manifest.ts'
import type { DartBus } from '../../src/drivers/wayne-dart/pump-link.ts'
import { createDartHostCodec } from '../../src/protocols/wayne-dart/frame-codec.ts'
import { dartPumps, serveDartPumps, type DartPumps } from '../../src/simulators/dart-heads.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createMemoryWire, type MemoryPipe } from '../../src/transports/memory-pipe.ts'
import type { DispenserSubject } from '../contracts/dispenser.contract.ts'
import { pass, until } from './turn-clock.ts'

export type DartOptions = {
  readonly widthGrams?: number
  readonly totaliserGrams?: number
  /** Grams of one count, 1 or 10; the display then has three or two decimals. */
  readonly countGrams?: 1 | 10
  readonly config?: Record<string, unknown>
  readonly stationControl?: boolean
}

export const dartAddress = 0x50

/** A simulated head and the pump's face of it. */
export function dartHead(
  { widthGrams = 10_000_000_000, totaliserGrams = 123_456_780, countGrams = 1 }: DartOptions,
  limits: Partial<SimulatedDispenser['limits']> = {},
): { readonly head: SimulatedDispenser; readonly pumps: DartPumps } {
  const count = grams(countGrams)
  const head = new SimulatedDispenser({
    address: dartAddress,
    prng: seededPrng(11),
    totaliserGrams: grams(totaliserGrams),
    pricePaisePerKg: paisePerKg(7_900),
    limits: { widthGrams: grams(widthGrams), countGrams: count, ...limits },
  })
  return { head, pumps: dartPumps([head], { gramsPerCount: count }) }
}

export function dartConfig({
  widthGrams = 10_000_000_000,
  countGrams = 1,
  config,
}: DartOptions): WayneDartConfig {
  return wayneDartConfigSchema.parse({
    id: 'd1',
    address: dartAddress,
    mode: 'control',
    decimals: { mass: countGrams === 1 ? 3 : 2, amount: 2, price: 2 },
    totalUnitGrams: countGrams,
    widthGrams,
    ...config,
  })
}

/** The acknowledgement of the block that is an authorise; the pump answers in order. */
export function dartAuthoriseSpy(): {
  readonly heard: (bytes: Uint8Array) => void
  readonly acknowledges: (bytes: Uint8Array) => boolean
} {
  let authorise = -1
  return {
    heard(bytes) {
      // 01 01 06 right behind address and CTRL: CD1 authorise, alone in its block.
      if (bytes[2] === 1 && bytes[4] === 6) authorise = (bytes[1] ?? 0) & 0x0f
    },
    acknowledges: (bytes) => bytes[1] === (0xc0 | authorise),
  }
}

/** The driver and a simulated pump on a memory wire, on the manual clock. */
export function dartOnMemory(options: DartOptions = {}): DispenserSubject & {
  readonly clock: ManualClock
  readonly bus: DartBus
  readonly near: MemoryPipe
  readonly far: MemoryPipe
  readonly sent: readonly Uint8Array[]
} {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  const { head, pumps } = dartHead(options)
  const sent: Uint8Array[] = []
  const spy = dartAuthoriseSpy()
  far.onBytes((bytes) => {
    sent.push(bytes)
    spy.heard(bytes)
  })
  far.start()
  serveDartPumps(far, pumps, clock)
  const bus = createBus({
    name: 'rs1',
    pipe: near,
    codec: createDartHostCodec(),
    clock,
    timing: { baud: 19_200, bitsPerChar: 11 },
  })
  bus.start()
  const forecourt = runForecourt({ dispensers: [head], clock })
  const dispenser = createWayneDart(dartConfig(options), {
    bus,
    clock,
    log: () => undefined,
    stationControl: options.stationControl ?? true,
  })
  return {
    ...{ dispenser, head, clock, bus, near, far, sent },
    acknowledges: spy.acknowledges,
    done: (promise) => until(clock, promise),
    eventually: async (condition, what) => {
      for (let turn = 0; turn < 12_000 && !condition(); turn += 1) await pass(clock, 10, 10)
      if (!condition()) throw new Error(`never: ${what}`)
    },
    polls: () => pass(clock, 2_000, 10),
    dispose: async () => {
      forecourt.stop()
      await bus.close()
    },
  }
}
