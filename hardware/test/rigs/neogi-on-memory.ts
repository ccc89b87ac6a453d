import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import type { NeogiBus } from '../../src/drivers/neogi/head-line.ts'
import { neogiConfigSchema } from '../../src/drivers/neogi/manifest.ts'
import { createNeogiHead } from '../../src/drivers/neogi/neogi-head.ts'
import { createNeogiCodec } from '../../src/protocols/neogi/codec.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { neogiHeads, serveNeogiHead } from '../../src/simulators/neogi-heads.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createMemoryWire, type MemoryPipe } from '../../src/transports/memory-pipe.ts'
import type { DispenserSkips, DispenserSubject } from '../contracts/dispenser.contract.ts'
import { pass, until } from './turn-clock.ts'

/** The head's confirmation of a command, whichever. */
export function isOk(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1') === '#OK%'
}

/** What these heads cannot show. */
export const neogiSkips: DispenserSkips = {
  suspend: 'the protocol has no such command',
  price: 'the protocol has no such command',
  'boot-epoch': 'the head does not count power cycles',
  'sale-log': 'no document says what the fields of a last sale mean',
}

export type NeogiOptions = {
  readonly widthGrams?: number
  readonly totaliserGrams?: number
  readonly config?: Record<string, unknown>
  readonly stationControl?: boolean
}

export function neogiHead(options: NeogiOptions, flowGramsPerSecond = 150): SimulatedDispenser {
  return new SimulatedDispenser({
    address: 1,
    prng: seededPrng(11),
    totaliserGrams: grams(options.totaliserGrams ?? 123_456_780),
    pricePaisePerKg: paisePerKg(7_900),
    replyDelayMs: millis(6),
    limits: {
      ...neogiHeads.limits,
      flowGramsPerSecond,
      widthGrams: grams(options.widthGrams ?? 1_000_000_000_000),
    },
  })
}

export function neogiConfig(options: NeogiOptions) {
  return neogiConfigSchema.parse({
    id: 'd1',
    mode: 'control',
    widthGrams: options.widthGrams ?? 1_000_000_000_000,
    ...options.config,
  })
}

export type NeogiOnMemory = DispenserSubject & {
  readonly clock: ManualClock
  readonly bus: NeogiBus
  readonly near: MemoryPipe
  /** Texts sent to the head, oldest first. */
  readonly sent: string[]
}

/** The driver and a simulated head on a memory wire at 9600 8N1, on the manual clock. */
export function neogiOnMemory(options: NeogiOptions = {}): NeogiOnMemory {
  const clock = manualClock()
  const head = neogiHead(options)
  const { near, far } = createMemoryWire(clock)
  const sent: string[] = []
  far.onBytes((bytes) => sent.push(Buffer.from(bytes).toString('latin1')))
  far.start()
  serveNeogiHead(far, head, clock)
  const timing = { baud: 9_600, bitsPerChar: 10 } as const
  const bus = createBus({ name: 'rs1', pipe: near, codec: createNeogiCodec(), clock, timing })
  bus.start()
  const forecourt = runForecourt({ dispensers: [head], clock })
  const stationControl = options.stationControl ?? true
  const parts = { bus, clock, log: () => undefined, stationControl }
  const dispenser = createNeogiHead(neogiConfig(options), parts)
  return {
    ...{ dispenser, head, clock, bus, near, sent },
    done: (promise) => until(clock, promise),
    eventually: async (condition, what) => {
      for (let turn = 0; turn < 12_000 && !condition(); turn += 1) await pass(clock, 10, 10)
      if (!condition()) throw new Error(`never: ${what}`)
    },
    acknowledges: isOk,
    polls: () => pass(clock, 2_000, 10),
    dispose: async () => {
      forecourt.stop()
      await bus.close()
    },
  }
}
