import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import { millis } from '@baari/shared/units/time'
import type { DriverContext } from '../../ports/device.ts'
import { nozzleNo, type DeviceSale, type Dispenser } from '../../ports/dispenser.ts'
import type { DispenserWire } from '../dispenser-wire.ts'
import { JudgedCommands } from '../judged-commands.ts'
import type { MeterLimits } from '../live-frame.ts'
import { PolledDispenser } from '../polled-dispenser.ts'
import { SalesByTotal } from '../sales-by-total.ts'
import { totalsTwice } from '../totals-twice.ts'
import { dartScale } from './dart-scale.ts'
import { wayneDartManifest, type WayneDartConfig } from './manifest.ts'
import { PumpLink, usualAsk, type DartBus } from './pump-link.ts'
import { PumpReader } from './pump-reader.ts'
import { selfTestPump } from './pump-self-test.ts'
import { pumpTongue } from './pump-tongue.ts'

/** What the driver needs besides its configuration. */
export type WayneDartParts = DriverContext & {
  readonly bus: DartBus
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
}

export { wayneDartManifest }

/** A pump on a Wayne DART line that we ask, as a dispenser. */
export function createWayneDart(config: WayneDartConfig, parts: WayneDartParts): Dispenser {
  const { id, maxFlowGramsPerSecond, widthGrams, pollMs, activePollMs } = config
  const limits = { maxFlowGramsPerSecond, widthGrams }
  const mode = parts.stationControl ? config.mode : 'poll'
  const setup = { id, mode, limits, pollMs, activePollMs }
  return new PolledDispenser(dartWire(config, parts, limits), setup, parts)
}

function dartWire(
  { id: deviceId, address, nozzle: number, timeoutMs, ...config }: WayneDartConfig,
  { bus, clock }: WayneDartParts,
  limits: MeterLimits,
): DispenserWire {
  const nozzle = nozzleNo(number)
  const scale = dartScale(config)
  const link = new PumpLink({ deviceId, bus, clock, address, timeoutMs })
  const reader = new PumpReader({ deviceId, link, nozzle, scale })
  const commands = new JudgedCommands(pumpTongue(reader), clock)
  const { widthGrams } = limits
  const countGrams = Math.max(scale.countGrams, scale.totalUnitGrams)
  const sales = new SalesByTotal({ deviceId, nozzle, widthGrams, countGrams })

  async function lastSale(): Promise<Result<DeviceSale | null, Fault>> {
    const read = await reader.inTurn(() => reader.look({ ...usualAsk, priority: 'control' }))
    return read.ok ? ok(sales.lastSale(read.value, reader.view.pricePaisePerKg)) : read
  }

  return {
    nozzle,
    look: (options) =>
      reader.inTurn(async () => {
        const read = await reader.look({ ...usualAsk, ...options })
        if (read.ok) await commands.takeBackExpired(read.value)
        return read
      }),
    newSale: (frame) => Promise.resolve(sales.newSale(frame, reader.view.pricePaisePerKg)),
    totals: () => totalsTwice(() => reader.total(millis(500)), { deviceId, limits }),
    lastSale,
    send: (command) => commands.send(command),
    selfTest: () => selfTestPump(reader, limits),
    unfit: () => null,
    onLineOpen: (call) => bus.onState((state) => state === 'open' && call()),
    backOffUntil: () => bus.health(address).backOffUntil,
  }
}
