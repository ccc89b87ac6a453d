import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { nozzleNo, type SaleEvent } from '../../src/ports/dispenser.ts'
import { meterOnMemory } from '../rigs/meter-on-memory.ts'
import { pass } from '../rigs/turn-clock.ts'

const nozzle = nozzleNo(1)

/** A line that answers late, loses and damages replies, for a while. */
function badLine(prng: { next(): number }) {
  return {
    delayMs: () => millis(prng.next() < 0.2 ? wholeBetween(prng, 100, 900) : 6),
    distort: (bytes: Uint8Array) => {
      const kind = prng.next()
      if (kind < 0.1) return null
      return kind < 0.2 ? bytes.map((byte, at) => (at === 4 ? byte ^ 0x21 : byte)) : bytes
    },
  }
}

it.each([1, 2, 3, 4, 5, 6])(
  'over a line that loses, damages and delays (seed %i) every sale is told once or counted as missed, and the grams told are the totaliser difference',
  async (seed) => {
    const prng = seededPrng(seed)
    const ids = countingIds(3)
    const { dispenser, head, clock, done } = meterOnMemory({ totaliserGrams: 40_000 })
    const healthy = { ...head.trouble }
    const sales: SaleEvent[] = []
    const authorised: string[] = []
    dispenser.on('sale', (event) => sales.push(event))
    await dispenser.start()
    await pass(clock, 1_000)
    Object.assign(head.trouble, badLine(prng))
    for (let vehicle = 0; vehicle < 8; vehicle += 1) {
      head.vehicleArrives(grams(wholeBetween(prng, 0, 2_000)))
      const cmdId = commandId(ids.uuid())
      const answer = await done(
        dispenser.authorise({
          cmdId,
          fillId: fillId(ids.uuid()),
          nozzle,
          limitGrams: grams(wholeBetween(prng, 1, 1_500)),
          pricePaisePerKg: paisePerKg(7_900),
          expiresAtMono: monoAfter(clock.mono(), millis(5_000)),
        }),
      )
      if (answer.ok) authorised.push(cmdId)
      head.liftNozzle()
      await pass(clock, wholeBetween(prng, 0, 20_000), 20)
      head.hangUp()
      await done(dispenser.stop({ cmdId: commandId(ids.uuid()), nozzle }))
      await done(dispenser.close({ cmdId: commandId(ids.uuid()), nozzle }))
    }
    Object.assign(head.trouble, healthy)
    await pass(clock, 45_000, 50)
    const told = sales.map(({ sale }) => sale.sequence)
    const missed = sales.reduce((sum, event) => sum + event.missedSales, 0)
    expect(new Set(told).size).toBe(told.length)
    expect(told.length + missed).toBe(head.model.sequence)
    expect(head.model.sequence).toBeGreaterThan(1)
    for (const { sale } of sales) expect(sale.grams).toBeLessThanOrEqual(1_500)
    if (missed === 0) {
      const total = sales.reduce((sum, { sale }) => sum + sale.grams, 0)
      expect(head.totaliserGrams()).toBe(40_000 + total)
    }
    const status = dispenser.status(nozzle)
    expect(status).toMatchObject({
      quality: 'good',
      value: { totaliserGrams: head.totaliserGrams() },
    })
    expect(authorised.length).toBeGreaterThan(1)
  },
)
