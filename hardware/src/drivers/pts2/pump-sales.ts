import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import type { DeviceSale } from '../../ports/dispenser.ts'
import type { Decimal } from '../../protocols/decimal.ts'
import { lastTransaction } from '../../protocols/pts2/contract.ts'
import { fault } from '../../transports/line-faults.ts'
import type { NewSale } from '../dispenser-wire.ts'
import { gramsOf } from './pump-frame.ts'
import { askForReply, readStatus, type PumpStation, type StatusReply } from './pump-station.ts'
import { counterBefore } from '../counter-flow.ts'

/** The numbers of one completed sale, wherever the controller told them. */
type SaleNumbers = {
  readonly sequence: number
  readonly mass: Decimal
  readonly price: Decimal
  /** The counter after the sale. */
  readonly total: Decimal
}

/**
 * The last completed sale; null when there is none. While another one runs the controller names
 * only the running one, and the one before it is asked for by its number.
 */
export async function readLastSale(
  station: PumpStation,
  known: number | null,
): Promise<Result<DeviceSale | null, Fault>> {
  const status = await readStatus(station)
  if (!status.ok) return status
  const told = saleToldIn(status.value)
  if (told !== null) return recordOf(station, told)
  const sequence = lastSequenceOf(status.value, known)
  return sequence === 0 ? ok(null) : readSale(station, sequence)
}

/** A completed sale by its number; null when the controller keeps none under it. */
export async function readSale(
  station: PumpStation,
  sequence: number,
): Promise<Result<DeviceSale | null, Fault>> {
  const read = await askForReply(
    station,
    {
      Type: 'PumpGetTransactionInformation',
      Data: { Pump: station.config.pump, Transaction: sequence },
    },
    { type: 'PumpTransactionInformation' },
  )
  if (!read.ok) return read.error.code === 'dispenser_refused' ? ok(null) : read
  const { Data } = read.value.reply
  if (Data.State !== 'Finished' && Data.State !== 'EndOfTransaction') return ok(null)
  const { Volume: mass, Price: price, TotalVolume: total } = Data
  if (total === undefined) {
    const hint = `sale ${sequence} is told without its total`
    return err(fault('bad_reading', station.deviceId, hint))
  }
  return recordOf(station, { sequence, mass, price, total })
}

/** What a status tells of the last sale; null when it tells too little of it. */
function saleToldIn({ Type, Data }: StatusReply): SaleNumbers | null {
  switch (Type) {
    case 'PumpFillingStatus':
      return null
    case 'PumpEndOfTransactionStatus': {
      const { Transaction: sequence, Volume: mass, Price: price, TotalVolume: total } = Data
      return total === undefined ? null : { sequence, mass, price, total }
    }
    case 'PumpIdleStatus':
    case 'PumpOfflineStatus': {
      const { LastTransaction: sequence, LastVolume: mass, LastPrice: price } = Data
      const total = Data.LastTotalVolume
      if (sequence === undefined || sequence === 0) return null
      if (mass === undefined || price === undefined || total === undefined) return null
      return { sequence, mass, price, total }
    }
  }
}

function lastSequenceOf({ Type, Data }: StatusReply, known: number | null): number {
  switch (Type) {
    case 'PumpFillingStatus':
      return known ?? sequenceBefore(Data.Transaction)
    case 'PumpEndOfTransactionStatus':
      return Data.Transaction
    case 'PumpIdleStatus':
    case 'PumpOfflineStatus':
      return Data.LastTransaction ?? 0
  }
}

/** A sale without gas is no sale (D09). */
function recordOf(
  { deviceId, nozzle, config }: PumpStation,
  { sequence, mass, price, total }: SaleNumbers,
): Result<DeviceSale | null, Fault> {
  const sold = gramsOf(mass)
  const after = gramsOf(total)
  const paise = price.countAt(2)
  const raw = `${sequence}: ${mass.text} at ${price.text}, total ${total.text}`
  if (sold === null || after === null || paise === null) {
    return err(fault('bad_reading', deviceId, `sale is unreadable: ${raw}`))
  }
  if (sold === 0) return ok(null)
  const { widthGrams } = config
  const opening = counterBefore(after, sold, widthGrams)
  return ok({
    device: deviceId,
    nozzle,
    sequence,
    // Not counted by the controller; the opening total tells sales of one number apart (D13).
    bootEpoch: 0,
    grams: grams(sold),
    openingTotalGrams: grams(opening),
    pricePaisePerKg: paisePerKg(paise),
    raw,
  })
}

/** Number of the sale before this one: before 1 comes 65,535 (D13). */
export function sequenceBefore(sequence: number): number {
  return sequence <= 1 ? lastTransaction : sequence - 1
}

/** Completed sales by their numbers, each told once. */
export class PumpSales {
  readonly #station: PumpStation
  /** Undefined before the first look; null when that one could not tell. */
  #known: number | null | undefined = undefined

  constructor(station: PumpStation) {
    this.#station = station
  }

  /** Of the last completed sale; null while it is not known. */
  get known(): number | null {
    return this.#known ?? null
  }

  /** The sale that this status shows to be new; one that cannot be read now is told later. */
  async newSale(status: StatusReply, sequence: number | null): Promise<NewSale | null> {
    const known = this.#known
    if (known === undefined || sequence === null || sequence === known) {
      this.#known ??= sequence
      return null
    }
    const read = await this.#recordOf(status, sequence)
    if (!read.ok) return null
    this.#known = sequence
    if (read.value === null) return null
    return { sale: read.value, missedSales: known === null ? 0 : salesBetween(known, sequence) }
  }

  #recordOf(status: StatusReply, sequence: number): Promise<Result<DeviceSale | null, Fault>> {
    if (sequence === 0) return Promise.resolve(ok(null))
    const told = saleToldIn(status)
    return told?.sequence === sequence
      ? Promise.resolve(recordOf(this.#station, told))
      : readSale(this.#station, sequence)
  }
}

/** More sales than a station makes while nobody looks: then the controller began to number anew. */
const mostMissed = 10_000

/** Numbers that lie between two, around the wrap (D13). */
function salesBetween(known: number, sequence: number): number {
  const steps = sequence - known
  const around = (steps > 0 ? steps : steps + lastTransaction) - 1
  return around > mostMissed ? 0 : around
}
