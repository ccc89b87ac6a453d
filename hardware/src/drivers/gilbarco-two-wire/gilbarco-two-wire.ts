import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import { millis } from '@baari/shared/units/time'
import type { DriverContext, SelfTestReport } from '../../ports/device.ts'
import { nozzleNo, type DeviceSale, type Dispenser } from '../../ports/dispenser.ts'
import { fault } from '../../transports/line-faults.ts'
import type { AskOptions } from '../ask-options.ts'
import type { DispenserWire } from '../dispenser-wire.ts'
import { JudgedCommands } from '../judged-commands.ts'
import type { MeterLimits } from '../live-frame.ts'
import { PolledDispenser } from '../polled-dispenser.ts'
import { SalesByTotal } from '../sales-by-total.ts'
import { totalsTwice } from '../totals-twice.ts'
import type { GilbarcoLoop } from './gilbarco-loop.ts'
import { GilbarcoReader } from './gilbarco-reader.ts'
import { gilbarcoScale } from './gilbarco-scale.ts'
import { gilbarcoTongue } from './gilbarco-tongue.ts'
import { gilbarcoManifest, type GilbarcoConfig } from './manifest.ts'

/** What the driver needs besides its configuration; all pumps of a line share its loop. */
export type GilbarcoParts = DriverContext & {
  readonly loop: GilbarcoLoop
  readonly stationControl: boolean
}

export { gilbarcoManifest }

const inPoll: AskOptions = { priority: 'poll', retries: 2, withinMs: millis(1_000) }
const inControl: AskOptions = { ...inPoll, priority: 'control' }

/** A pump on a Gilbarco two-wire loop, as a dispenser. */
export function createGilbarco(config: GilbarcoConfig, parts: GilbarcoParts): Dispenser {
  const { id, maxFlowGramsPerSecond, widthGrams, pollMs, activePollMs } = config
  const limits = { maxFlowGramsPerSecond, widthGrams }
  const mode = parts.stationControl ? config.mode : 'poll'
  const setup = { id, mode, limits, pollMs, activePollMs }
  return new PolledDispenser(gilbarcoWire(config, parts, limits), setup, parts)
}

function gilbarcoWire(
  config: GilbarcoConfig,
  { loop, clock }: GilbarcoParts,
  limits: MeterLimits,
): DispenserWire {
  const { id: deviceId, address, timeoutMs, totalUnitGrams } = config
  const nozzle = nozzleNo(config.nozzle)
  const scale = gilbarcoScale(config)
  const place = { deviceId, pump: address & 0x0f, timeoutMs }
  const reader = new GilbarcoReader({ loop, place, nozzle, scale, clock })
  const commands = new JudgedCommands(gilbarcoTongue(reader), clock)
  const { widthGrams } = limits
  const countGrams = Math.max(scale.countGrams, totalUnitGrams)
  const sales = new SalesByTotal({ deviceId, nozzle, widthGrams, countGrams })

  async function lastSale(): Promise<Result<DeviceSale | null, Fault>> {
    const read = await reader.inTurn(() => reader.look(inControl))
    return read.ok ? ok(sales.lastSale(read.value, reader.pricePaisePerKg)) : read
  }

  const totals: DispenserWire['totals'] = () =>
    totalsTwice(() => reader.total(millis(500)), { deviceId, limits })

  return {
    nozzle,
    look: (options) =>
      reader.inTurn(async () => {
        const read = await reader.look({ ...inPoll, ...options })
        if (read.ok) await commands.takeBackExpired(read.value)
        return read
      }),
    newSale: (frame) => Promise.resolve(sales.newSale(frame, reader.pricePaisePerKg)),
    totals,
    lastSale,
    send: (command) => commands.send(command),
    selfTest: () => selfTest(reader, totals),
    unfit: () =>
      config.commissioned
        ? null
        : fault('device_unverified', deviceId, 'totals, money and presets are not confirmed'),
    onLineOpen: (call) => loop.bus.onState((state) => state === 'open' && call()),
    backOffUntil: () => loop.bus.health(place.pump).backOffUntil,
  }
}

async function selfTest(
  reader: GilbarcoReader,
  totals: DispenserWire['totals'],
): Promise<SelfTestReport> {
  const look = await reader.inTurn(() => reader.look(inControl))
  const total = await totals()
  const steps = [
    {
      name: 'state',
      passed: look.ok && look.value.problem === null,
      detail: look.ok ? `${look.value.status.state}, ${look.value.rawHex}` : look.error.hint,
    },
    {
      name: 'totaliser',
      passed: total.ok,
      detail: total.ok ? `${total.value.grams} g: compare with the display` : total.error.hint,
    },
  ]
  return { passed: steps.every(({ passed }) => passed), steps }
}
