import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import {
  GilbarcoLoop,
  type GilbarcoBus,
} from '../../src/drivers/gilbarco-two-wire/gilbarco-loop.ts'
import { createGilbarco } from '../../src/drivers/gilbarco-two-wire/gilbarco-two-wire.ts'
import {
  gilbarcoConfigSchema,
  type GilbarcoConfig,
} from '../../src/drivers/gilbarco-two-wire/manifest.ts'
import type { Dispenser } from '../../src/ports/dispenser.ts'
import { createGilbarcoHostCodec } from '../../src/protocols/gilbarco-two-wire/frame-codec.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { gilbarcoPumps, serveGilbarcoPumps } from '../../src/simulators/gilbarco-heads.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createMemoryWire, type MemoryPipe } from '../../src/transports/memory-pipe.ts'
import type { DispenserSubject, DispenserSkips } from '../contracts/dispenser.contract.ts'
import { pass, until } from './turn-clock.ts'

export type GilbarcoOptions = {
  readonly widthGrams?: number
  readonly totaliserGrams?: number
  readonly config?: Record<string, unknown>
}

export const gilbarcoSkips: DispenserSkips = {
  'boot-epoch': 'the pump counts no power cycles',
  suspend: 'the loop has no command that holds a sale open',
}

/** Three decimals of a kilogram and one of a rupee: six digits hold 99,999.9 rupees. */
export const testScale = { gramsPerCount: grams(1), paisePerCount: 10 }
/** Eight digits of grams. */
const usualWidth = 100_000_000

export function gilbarcoHead(
  { widthGrams = usualWidth, totaliserGrams = 23_456_780 }: GilbarcoOptions,
  at: { readonly address: number; readonly flowGramsPerSecond?: number },
): SimulatedDispenser {
  const { address, flowGramsPerSecond } = at
  return new SimulatedDispenser({
    address,
    prng: seededPrng(11 + address),
    totaliserGrams: grams(totaliserGrams),
    pricePaisePerKg: paisePerKg(7_900),
    limits: {
      widthGrams: grams(widthGrams),
      ...(flowGramsPerSecond === undefined ? {} : { flowGramsPerSecond }),
    },
  })
}

export function gilbarcoConfig(
  { widthGrams = usualWidth, config }: GilbarcoOptions,
  address: number,
): GilbarcoConfig {
  return gilbarcoConfigSchema.parse({
    id: `d${address}`,
    address,
    mode: 'control',
    commissioned: true,
    decimals: { mass: 3, amount: 1, price: 2 },
    totalUnitGrams: 1,
    widthGrams,
    ...config,
  })
}

/** No word acknowledges an authorise; the first status that shows it does. */
export function showsAuthorised(bytes: Uint8Array): boolean {
  return bytes.length === 1 && (bytes[0] ?? 0) >>> 4 === 8
}

/** Drivers of two pumps and a simulated loop on a memory wire, on the manual clock. */
export function gilbarcoOnMemory(options: GilbarcoOptions = {}): DispenserSubject & {
  readonly clock: ManualClock
  readonly bus: GilbarcoBus
  readonly far: MemoryPipe
  readonly sent: readonly Uint8Array[]
  /** The other pump of the loop, which nobody starts by himself. */
  readonly other: { readonly dispenser: Dispenser; readonly head: SimulatedDispenser }
} {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  const heads = [1, 2].map((address) => gilbarcoHead(options, { address }))
  const [head, otherHead] = heads
  if (head === undefined || otherHead === undefined) throw new Error('two heads')
  const sent: Uint8Array[] = []
  far.onBytes((bytes) => sent.push(bytes))
  far.start()
  serveGilbarcoPumps(far, gilbarcoPumps(heads, testScale), clock)
  const bus = createBus({
    name: 'loop',
    pipe: near,
    codec: createGilbarcoHostCodec(),
    clock,
    timing: { baud: 5_787, bitsPerChar: 11 },
  })
  bus.start()
  const forecourt = runForecourt({ dispensers: heads, clock })
  const loop = new GilbarcoLoop(bus, clock)
  const make = (address: number): Dispenser =>
    createGilbarco(gilbarcoConfig(options, address), {
      ...{ loop, clock, log: () => undefined, stationControl: true },
    })
  return {
    ...{ dispenser: make(1), head, clock, bus, far, sent },
    other: { dispenser: make(2), head: otherHead },
    acknowledges: showsAuthorised,
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
