import { millis } from '@baari/shared/units/time'
import type { SelfTestReport, SelfTestStep } from '../../ports/device.ts'
import type { MeterLimits } from '../live-frame.ts'
import { totalsTwice } from '../totals-twice.ts'
import type { PumpReader } from './pump-reader.ts'

const askWithinMs = millis(1_000)

/** Commissioning: does it answer in our words, is the nozzle ours, does the totaliser stand. */
export async function selfTestPump(
  reader: PumpReader,
  limits: MeterLimits,
): Promise<SelfTestReport> {
  const steps = [
    await stateStep(reader),
    nozzleStep(reader),
    await totalsStep(reader, limits),
    displayStep(reader),
  ]
  return { passed: steps.every(({ passed }) => passed), steps }
}

async function stateStep(reader: PumpReader): Promise<SelfTestStep> {
  const name = 'state'
  const read = await reader.inTurn(() =>
    reader.look({ priority: 'control', retries: 2, withinMs: askWithinMs }),
  )
  if (!read.ok) return { name, passed: false, detail: read.error.hint }
  const { state } = read.value.status
  return { name, passed: state !== 'fault', detail: `state ${state}, ${read.value.rawHex}` }
}

/** Bit 4 of the nozzle byte is to be confirmed by lifting the nozzle. */
function nozzleStep({ view, setup }: PumpReader): SelfTestStep {
  const passed = view.nozzle === setup.nozzle
  const where = view.nozzleOut === true ? 'out' : 'in its holder'
  const detail = `the pump says nozzle ${view.nozzle ?? 'none'}, ${where}; ours is ${setup.nozzle}`
  return { name: 'nozzle', passed, detail }
}

async function totalsStep(reader: PumpReader, limits: MeterLimits): Promise<SelfTestStep> {
  const name = 'totaliser'
  const { deviceId } = reader.setup
  const totals = await totalsTwice(() => reader.total(askWithinMs), { deviceId, limits })
  return totals.ok
    ? { name, passed: true, detail: `${totals.value.grams} g: compare with the display` }
    : { name, passed: false, detail: totals.error.hint }
}

/** What the technician compares with the display, for the decimals of the station file. */
function displayStep({ view }: PumpReader): SelfTestStep {
  const detail = `display ${view.saleGrams} g at ${view.pricePaisePerKg} paise per kg: compare`
  return { name: 'decimals', passed: true, detail }
}
