import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import type { DeviceSale, NozzleNo, Totals } from '../../ports/dispenser.ts'
import { fault } from '../../transports/line-faults.ts'
import type { MeterLimits } from '../live-frame.ts'
import { totalsTwice, type TotalRead } from '../totals-twice.ts'
import { readBlock, type ModbusStation } from './block-reader.ts'

const readOptions = { priority: 'control', retries: 2, withinMs: millis(1_000) } as const

/** The totaliser in its own block. */
export function readTotals(
  station: ModbusStation,
  limits: MeterLimits,
): Promise<Result<Totals, Fault>> {
  const { deviceId } = station
  return totalsTwice(() => readTotal(station), { deviceId, limits })
}

async function readTotal(station: ModbusStation): Promise<Result<TotalRead, Fault>> {
  const read = await readBlock(station, 'totals', readOptions)
  if (!read.ok) return read
  const { fields, at, rawHex } = read.value
  const total = fields.totalsGrams
  return ok({ grams: typeof total === 'number' ? grams(total) : null, at, raw: rawHex })
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
