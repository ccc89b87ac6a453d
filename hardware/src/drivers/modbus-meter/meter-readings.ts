import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import type { DeviceSale, NozzleNo, Totals } from '../../ports/dispenser.ts'
import { fault } from '../../transports/line-faults.ts'
import { readBlock, type ModbusStation } from './block-reader.ts'
import { plausibleStep } from './live-frame.ts'

export type MeterLimits = {
  readonly maxFlowGramsPerSecond: number
  readonly widthGrams: number
}

const readOptions = { priority: 'control', retries: 2, withinMs: millis(1_000) } as const

/** Pairs of totals read before they are called contradictory. */
const mostPairs = 2

/** The totaliser, read twice: both must agree, or ascend within the meter's flow (section 4). */
export async function readTotals(
  station: ModbusStation,
  limits: MeterLimits,
): Promise<Result<Totals, Fault>> {
  for (let pair = 0; pair < mostPairs; pair += 1) {
    const first = await readBlock(station, 'totals', readOptions)
    if (!first.ok) return first
    const second = await readBlock(station, 'totals', readOptions)
    if (!second.ok) return second
    const from = first.value.fields.totalsGrams
    const to = second.value.fields.totalsGrams
    if (from === null || from === undefined || to === null || to === undefined) {
      return err(
        fault('bad_reading', station.deviceId, `total is no number: ${second.value.rawHex}`),
      )
    }
    const steps = [
      { grams: grams(from), at: first.value.at },
      { grams: grams(to), at: second.value.at },
    ] as const
    if (plausibleStep(steps[0], steps[1], limits)) {
      return ok({
        grams: grams(to),
        widthGrams: grams(limits.widthGrams),
        raw: second.value.rawHex,
      })
    }
  }
  return err(
    fault('bad_reading', station.deviceId, 'two readings of the total contradict each other'),
  )
}

/** The last sale in the device's log; null when it has none or keeps none. */
export async function readLastSale(
  station: ModbusStation,
  nozzle: NozzleNo,
): Promise<Result<DeviceSale | null, Fault>> {
  if (station.map.blocks.sale === undefined) return ok(null)
  const read = await readBlock(station, 'sale', readOptions)
  if (!read.ok) return read
  const { lastSequence, lastBootEpoch, lastGrams, lastOpeningGrams, lastPricePaisePerKg } =
    read.value.fields
  if (lastSequence === 0) return ok(null)
  const numbers = [lastSequence, lastBootEpoch, lastGrams, lastOpeningGrams, lastPricePaisePerKg]
  if (!numbers.every((value) => typeof value === 'number')) {
    return err(fault('bad_reading', station.deviceId, `sale is unreadable: ${read.value.rawHex}`))
  }
  return ok({
    device: station.deviceId,
    nozzle,
    sequence: lastSequence ?? 0,
    bootEpoch: lastBootEpoch ?? 0,
    grams: grams(lastGrams ?? 0),
    openingTotalGrams: grams(lastOpeningGrams ?? 0),
    pricePaisePerKg: paisePerKg(lastPricePaisePerKg ?? 0),
    raw: read.value.rawHex,
  })
}
