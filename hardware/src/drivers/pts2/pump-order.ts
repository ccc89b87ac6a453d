import type { CommandId } from '@baari/shared/units/names'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import { Decimal } from '../../protocols/decimal.ts'
import type { Question } from './controller-port.ts'
import type { Pts2Config } from './manifest.ts'

const gramDecimals = 3
const paiseDecimals = 2

export type Terms = {
  readonly cmdId: CommandId
  readonly limitGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
}

/**
 * The authorisation as the controller takes it. A limit between two steps of the dispenser is
 * lowered, never raised. Null when the dispenser cannot be told so little or such a price.
 */
export function authoriseQuestion(config: Pts2Config, terms: Terms): Question | null {
  const { pump, nozzle, preset } = config
  const dose = preset === 'volume' ? doseOfMass(config, terms) : doseOfMoney(config, terms)
  const price = priceText(terms.pricePaisePerKg, config.priceDecimals)
  if (dose === null || dose.count === 0 || price === null) return null
  const common = { Pump: pump, Nozzle: nozzle, Dose: dose, Price: price, Tag: tagOf(terms.cmdId) }
  return {
    Type: 'PumpAuthorize',
    Data: preset === 'volume' ? { ...common, Type: 'Volume' } : { ...common, Type: 'Amount' },
  }
}

/** Rupees with the decimals the dispenser has; null when paise would be lost. */
export function priceText(price: PaisePerKg, decimals: number): Decimal | null {
  const step = 10 ** (paiseDecimals - decimals)
  return price % step === 0 ? Decimal.ofCount(price / step, decimals) : null
}

/**
 * Sixteen digits by which the command is found again: both halves of its UUID, exclusive-or. The
 * controller keeps them with the sale.
 */
export function tagOf(cmdId: CommandId): string {
  const hex = cmdId.replaceAll('-', '')
  const half = (at: number): bigint => BigInt(`0x${hex.slice(at, at + 16)}`)
  return (half(0) ^ half(16)).toString(16).toUpperCase().padStart(16, '0')
}

function doseOfMass({ massDecimals }: Pts2Config, { limitGrams }: Terms): Decimal | null {
  const count = Math.floor(limitGrams / 10 ** (gramDecimals - massDecimals))
  return Decimal.ofCount(count, massDecimals)
}

/** The money that never buys more gas than the limit, so it is rounded down. */
function doseOfMoney({ amountDecimals }: Pts2Config, terms: Terms): Decimal | null {
  const paise = Math.floor((terms.limitGrams * terms.pricePaisePerKg) / 1000)
  return Decimal.ofCount(Math.floor(paise / 10 ** (paiseDecimals - amountDecimals)), amountDecimals)
}
