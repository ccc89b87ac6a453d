import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { Decimal } from '../../protocols/decimal.ts'
import { fault } from '../../transports/line-faults.ts'
import { controllerFault } from './controller-fault.ts'
import { priceText } from './pump-order.ts'
import { askForReply, askPump, type PumpStation } from './pump-station.ts'

const mostWrites = 3

/** Prices of the dispenser by its nozzles, as the controller has them. */
export async function readPrices(station: PumpStation): Promise<Result<readonly Decimal[], Fault>> {
  const read = await askForReply(
    station,
    { Type: 'PumpGetPrices', Data: { Pump: station.config.pump } },
    { type: 'PumpPrices' },
  )
  return read.ok ? ok(read.value.reply.Data.Prices) : read
}

/**
 * Sets the price of our nozzle; the others keep theirs, because the controller takes them together.
 * A change whose answer was lost is read back. Done when the controller names the new price.
 */
export async function setPriceAt(
  station: PumpStation,
  price: PaisePerKg,
): Promise<Result<void, Fault>> {
  const { deviceId, config } = station
  const told = priceText(price, config.priceDecimals)
  if (told === null) {
    return err(fault('dispenser_refused', deviceId, 'price: finer than the dispenser can show'))
  }
  let last: Fault | null = null
  for (let write = 0; write < mostWrites; write += 1) {
    const before = await readPrices(station)
    if (!before.ok) return before
    const own = before.value[config.nozzle - 1]
    if (own === undefined) {
      return err(fault('controller_configuration', deviceId, `no price of nozzle ${config.nozzle}`))
    }
    if (own.countAt(2) === price) return ok(undefined)
    if (last !== null && last.code !== 'bus_timeout') return err(last)
    last = await writePrices(station, before.value.with(config.nozzle - 1, told))
  }
  return err(last ?? fault('bus_timeout', deviceId, 'the price was not taken'))
}

/** The fault of one write; null when it was confirmed. */
async function writePrices(
  station: PumpStation,
  prices: readonly Decimal[],
): Promise<Fault | null> {
  const asked = await askPump(
    station,
    { Type: 'PumpSetPrices', Data: { Pump: station.config.pump, Prices: [...prices] } },
    { priority: 'control', retries: 0 },
  )
  if (!asked.ok) return asked.error
  const { packet } = asked.value
  return packet.kind === 'confirmed'
    ? null
    : controllerFault(station.deviceId, 'PumpSetPrices', packet)
}
