import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import type { ManualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { baariSlave } from '../../src/simulators/baari-heads.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import type { DispenserSubject } from '../contracts/dispenser.contract.ts'
import { memoryBus, type MemoryBusRig } from './memory-bus.ts'
import { pass, until } from './turn-clock.ts'

/** The reply to the write of a command block. */
export function isWriteReply(bytes: Uint8Array): boolean {
  return bytes[1] === 16
}

/** The driver and a simulated head on a memory wire, on the manual clock. */
export function meterOnMemory(
  options: {
    readonly widthGrams?: number
    readonly totaliserGrams?: number
    readonly config?: Record<string, unknown>
    readonly stationControl?: boolean
  } = {},
): DispenserSubject & { readonly rig: MemoryBusRig; readonly clock: ManualClock } {
  const head = new SimulatedDispenser({
    address: 7,
    prng: seededPrng(11),
    totaliserGrams: grams(options.totaliserGrams ?? 123_456_789),
    pricePaisePerKg: paisePerKg(7_900),
    limits: options.widthGrams === undefined ? {} : { widthGrams: grams(options.widthGrams) },
  })
  const rig = memoryBus([baariSlave(head)])
  const { clock, bus } = rig
  const forecourt = runForecourt({ dispensers: [head], clock })
  const config = modbusMeterConfigSchema.parse({
    id: 'd1',
    address: 7,
    map: 'baari-dispenser',
    mode: 'control',
    ...(options.widthGrams === undefined ? {} : { widthGrams: options.widthGrams }),
    ...options.config,
  })
  const dispenser = createModbusMeter(config, {
    bus,
    clock,
    log: () => undefined,
    stationControl: options.stationControl ?? true,
  })
  return {
    rig,
    dispenser,
    head,
    clock,
    done: (promise) => until(clock, promise),
    eventually: async (condition, what) => {
      for (let turn = 0; turn < 12_000 && !condition(); turn += 1) await pass(clock, 10, 10)
      if (!condition()) throw new Error(`never: ${what}`)
    },
    acknowledges: isWriteReply,
    polls: () => pass(clock, 2_000, 10),
    dispose: async () => {
      forecourt.stop()
      await bus.close()
    },
  }
}
