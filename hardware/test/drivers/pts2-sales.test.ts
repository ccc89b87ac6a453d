import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { pts2ConfigSchema } from '../../src/drivers/pts2/manifest.ts'
import { createPts2Pump } from '../../src/drivers/pts2/pts2-pump.ts'
import { authorisation, newCommand, nozzle, started } from '../rigs/started-pump.ts'
import { pass } from '../rigs/turn-clock.ts'

describe('sales', () => {
  async function sell(subject: Awaited<ReturnType<typeof started>>, limitGrams: number) {
    const { dispenser, head, done, sales, eventually, inState } = subject
    const before = sales.length
    head.vehicleArrives(grams(limitGrams))
    await done(dispenser.authorise(authorisation(subject, limitGrams)))
    head.liftNozzle()
    await eventually(() => sales.length > before, 'the sale')
    head.hangUp()
    await done(dispenser.close(newCommand()))
    await inState('idle')
  }

  it('D13 after sale 65,535 comes 1: both are told, none is missed, and their openings differ', async () => {
    const subject = await started({ sequence: 65_534 })
    await sell(subject, 1_200)
    await sell(subject, 1_200)
    const told = subject.sales.map(({ sale, missedSales }) => [sale.sequence, missedSales])
    expect(told).toEqual([
      [65_535, 0],
      [1, 0],
    ])
    const openings = subject.sales.map(({ sale }) => sale.openingTotalGrams)
    expect(new Set(openings).size).toBe(2)
  })

  it('D11 the sale bears the price it was authorised with, whatever the controller sells at later', async () => {
    const subject = await started()
    const { dispenser, head, done, sales, eventually, inState } = subject
    head.vehicleArrives(grams(6_000))
    const command = { ...authorisation(subject, 6_000), pricePaisePerKg: paisePerKg(7_755) }
    await done(dispenser.authorise(command))
    head.liftNozzle()
    await inState('fuelling')
    await done(dispenser.setPrice({ ...newCommand(), pricePaisePerKg: paisePerKg(9_999) }))
    await eventually(() => sales.length === 1, 'the sale')
    expect(sales[0]?.sale.pricePaisePerKg).toBe(7_755)
    expect(head.model.pricePaisePerKg).toBe(9_999)
  })

  it('D04 a power cut in a sale keeps its grams in the log', async () => {
    const subject = await started()
    const { dispenser, head, done, inState, sales, eventually } = subject
    head.vehicleArrives(grams(900_000))
    await done(dispenser.authorise(authorisation(subject, 800_000)))
    head.liftNozzle()
    await inState('fuelling')
    head.powerCycle()
    await eventually(() => sales.length === 1, 'the cut sale')
    expect(sales[0]?.sale.grams).toBe(head.model.lastSale?.grams)
  })

  it('D04 a driver that starts in mid-fill knows the sale before, and tells the one that runs once', async () => {
    const first = await started()
    await sell(first, 1_500)
    first.head.vehicleArrives(grams(900_000))
    await first.done(first.dispenser.authorise(authorisation(first, 5_000)))
    first.head.liftNozzle()
    await first.inState('fuelling')
    await first.dispenser.dispose('the node was restarted')
    const config = pts2ConfigSchema.parse({ id: 'd1', pump: 7, widthGrams: 1_000_000_000_000 })
    const { line, clock } = first
    const parts = { line, clock, log: () => undefined, stationControl: true }
    const second = createPts2Pump(config, parts)
    const sales: number[] = []
    second.on('sale', ({ sale }) => sales.push(sale.sequence))
    await second.start()
    await first.eventually(() => second.status(nozzle).value?.state === 'fuelling', 'seen')
    expect(await first.done(second.lastSale(nozzle))).toMatchObject({ value: { sequence: 1 } })
    await first.eventually(() => sales.length === 1, 'the running sale')
    expect(sales).toEqual([2])
    await second.dispose('test over')
  })

  it('D15 a hundred sales of a few sizes, over a line that loses and delays, are each told once', async () => {
    const subject = await started()
    const { dispenser, head, done, clock, sales } = subject
    const prng = seededPrng(9)
    head.trouble.delayMs = () => millis(prng.next() < 0.1 ? 800 : 5)
    head.trouble.distort = (bytes) => (prng.next() < 0.1 ? null : bytes)
    for (let vehicle = 0; vehicle < 100; vehicle += 1) {
      head.vehicleArrives(grams(wholeBetween(prng, 0, 2) * 500))
      await done(dispenser.authorise(authorisation(subject, 1_000)))
      head.liftNozzle()
      await pass(clock, 9_000, 20)
      head.hangUp()
      await done(dispenser.stop(newCommand()))
      await done(dispenser.close(newCommand()))
    }
    head.trouble.delayMs = () => millis(5)
    head.trouble.distort = (bytes) => bytes
    await pass(clock, 40_000, 50)
    const told = sales.map(({ sale }) => sale.sequence)
    const missed = sales.reduce((sum, event) => sum + event.missedSales, 0)
    expect(new Set(told).size).toBe(told.length)
    expect(told.length + missed).toBe(head.model.sequence)
    expect(head.model.sequence).toBeGreaterThan(20)
  })
})
