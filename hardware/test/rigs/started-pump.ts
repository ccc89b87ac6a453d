import { countingIds } from '@baari/shared/testing/counting-ids'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { nozzleNo, type SaleEvent } from '../../src/ports/dispenser.ts'
import { pumpOnMemory, type PumpOnMemory } from './pump-on-memory.ts'

export const nozzle = nozzleNo(1)
const ids = countingIds(6)
export const newCommand = () => ({ cmdId: commandId(ids.uuid()), nozzle })

export function authorisation({ clock }: Pick<PumpOnMemory, 'clock'>, limitGrams = 2_000) {
  return {
    ...newCommand(),
    fillId: fillId(ids.uuid()),
    limitGrams: grams(limitGrams),
    pricePaisePerKg: paisePerKg(7_900),
    expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
  }
}

/** A dispenser behind a controller in memory whose status is known. */
export async function started(options?: Parameters<typeof pumpOnMemory>[0]) {
  const subject = pumpOnMemory(options)
  const sales: SaleEvent[] = []
  subject.dispenser.on('sale', (event) => sales.push(event))
  await subject.dispenser.start()
  const good = () => subject.dispenser.status(nozzle).quality === 'good'
  await subject.eventually(good, 'a good status')
  const inState = (state: string) =>
    subject.eventually(() => subject.dispenser.status(nozzle).value?.state === state, state)
  return { ...subject, sales, inState }
}
