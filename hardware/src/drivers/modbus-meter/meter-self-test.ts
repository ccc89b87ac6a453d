import { millis } from '@baari/shared/units/time'
import type { SelfTestReport, SelfTestStep } from '../../ports/device.ts'
import { readBlock, type ModbusStation } from './block-reader.ts'
import { liveFrame } from './live-frame.ts'
import type { MeterLimits } from '../live-frame.ts'
import { readTotals } from './meter-readings.ts'
import { nozzleNo } from '../../ports/dispenser.ts'
import { totalIsExact } from './register-map.ts'

const readOptions = { priority: 'control', retries: 2, withinMs: millis(1_000) } as const

/** Commissioning: can it be read, are its numbers plausible, may it be settled by (M01, M02). */
export async function selfTestMeter(
  station: ModbusStation,
  limits: MeterLimits,
): Promise<SelfTestReport> {
  const steps = [
    await liveStep(station),
    await totalsStep(station, limits),
    await widthStep(station, limits),
    exactStep(station),
  ]
  return { passed: steps.every((step) => step.passed), steps }
}

async function liveStep(station: ModbusStation): Promise<SelfTestStep> {
  const name = 'live block'
  const read = await readBlock(station, 'live', readOptions)
  if (!read.ok) return { name, passed: false, detail: read.error.hint }
  const frame = liveFrame(station.map, nozzleNo(1), read.value)
  const detail =
    frame.problem === null
      ? `state ${frame.status.state}`
      : `${frame.problem}: check order and base`
  return { name, passed: frame.problem === null, detail }
}

async function totalsStep(station: ModbusStation, limits: MeterLimits): Promise<SelfTestStep> {
  const name = 'totaliser'
  const totals = await readTotals(station, limits)
  return totals.ok
    ? { name, passed: true, detail: `${totals.value.grams} g` }
    : { name, passed: false, detail: totals.error.hint }
}

async function widthStep(station: ModbusStation, limits: MeterLimits): Promise<SelfTestStep> {
  const name = 'totaliser width'
  if (station.map.blocks.identity === undefined) {
    return { name, passed: true, detail: `${limits.widthGrams} g by the map, not asked` }
  }
  const read = await readBlock(station, 'identity', readOptions)
  if (!read.ok) return { name, passed: false, detail: read.error.hint }
  const width = read.value.fields.widthGrams
  const passed = width === limits.widthGrams
  return { name, passed, detail: `device ${width ?? 'unreadable'} g, ours ${limits.widthGrams} g` }
}

function exactStep(station: ModbusStation): SelfTestStep {
  const exact = totalIsExact(station.map)
  const detail = exact ? 'whole or double total' : 'float32 total: reading only'
  return { name: 'exact total', passed: exact, detail }
}
