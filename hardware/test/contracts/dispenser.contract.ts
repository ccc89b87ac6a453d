import type { Clock } from '@baari/shared/runtime/clock'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { afterEach, describe, expect, it } from 'vitest'
import {
  nozzleNo,
  type AuthoriseCommand,
  type Dispenser,
  type FlowEvent,
  type SaleEvent,
} from '../../src/ports/dispenser.ts'
import type { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'

/** A dispenser under test with the world around it. */
export type DispenserSubject = {
  readonly dispenser: Dispenser
  /** The device at the far end of the line; its time passes by itself. */
  readonly head: SimulatedDispenser
  readonly clock: Clock
  /** Lets the promise finish, with time passing. */
  readonly done: <T>(promise: Promise<T>) => Promise<T>
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  /** Whether these bytes, sent by the head, acknowledge an authorise. */
  readonly acknowledges: (bytes: Uint8Array) => boolean
  /** Lets several polls pass. */
  readonly polls: () => Promise<void>
  readonly dispose: () => Promise<void>
}

export type DispenserCapability = 'suspend' | 'price' | 'rollover' | 'boot-epoch' | 'sale-log'

/** Cases a device cannot show, with the reason; they appear as skipped. */
export type DispenserSkips = Partial<Record<DispenserCapability, string>>

const nozzle = nozzleNo(1)

/** What every dispenser promises (ports/dispenser.ts), on whatever protocol. */
export function dispenserContract(
  name: string,
  make: (options?: {
    readonly widthGrams?: number
    readonly totaliserGrams?: number
  }) => Promise<DispenserSubject>,
  skips: DispenserSkips = {},
): void {
  const onlyIf = (capability: DispenserCapability) =>
    skips[capability] === undefined
      ? it
      : (claim: string, run: () => Promise<void>) =>
          it.skip(`${claim} (skipped: ${skips[capability] ?? ''})`, run)

  describe(`dispenser: ${name}`, () => {
    let subject: DispenserSubject | null = null
    const ids = countingIds()
    afterEach(async () => {
      await subject?.dispenser.dispose('test over')
      await subject?.dispose()
      subject = null
    })

    async function ready(options?: Parameters<typeof make>[0]) {
      const made = await make(options)
      subject = made
      const sales: SaleEvent[] = []
      const flows: FlowEvent[] = []
      made.dispenser.on('sale', (event) => sales.push(event))
      made.dispenser.on('flow', (event) => flows.push(event))
      await made.dispenser.start()
      const good = () => made.dispenser.status(nozzle).quality === 'good'
      await made.eventually(good, 'a good status')
      const inState = (state: string) =>
        made.eventually(() => made.dispenser.status(nozzle).value?.state === state, state)
      const flowing = () =>
        made.eventually(() => {
          const { value } = made.dispenser.status(nozzle)
          return value?.state === 'fuelling' && value.saleGrams > 0
        }, 'gas flows')
      return { ...made, sales, flows, inState, flowing }
    }

    const newCommand = () => ({ cmdId: commandId(ids.uuid()), nozzle })
    const authorisation = (clock: Clock, limitGrams: number): AuthoriseCommand => ({
      ...newCommand(),
      fillId: fillId(ids.uuid()),
      limitGrams: grams(limitGrams),
      pricePaisePerKg: paisePerKg(7_900),
      expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
    })

    it('reports idle, then calling when the nozzle is lifted', async () => {
      const { head, inState } = await ready()
      await inState('idle')
      head.liftNozzle()
      await inState('calling')
    })

    it('an authorised sale ends at its limit, is told once, and its grams are the totaliser difference', async () => {
      const { dispenser, head, clock, done, inState, sales, flows, polls } = await ready()
      const before = await done(dispenser.totals(nozzle))
      head.vehicleArrives(grams(9_000))
      expect(await done(dispenser.authorise(authorisation(clock, 2_000)))).toMatchObject({
        ok: true,
      })
      await inState('authorised')
      head.liftNozzle()
      await inState('completed')
      await polls()
      const after = await done(dispenser.totals(nozzle))
      expect(sales.map(({ sale }) => [sale.grams, sale.sequence])).toEqual([[2_000, 1]])
      expect(before.ok && after.ok && after.value.grams - before.value.grams).toBe(2_000)
      expect(before.ok && sales[0]?.sale.openingTotalGrams).toBe(before.ok && before.value.grams)
      expect(flows.at(-1)?.saleGrams).toBe(2_000)
      expect(await done(dispenser.close(newCommand()))).toMatchObject({ ok: true })
      head.hangUp()
      await inState('idle')
    })

    onlyIf('sale-log')('the log of the device names the sale that was completed last', async () => {
      const { dispenser, head, clock, done, inState } = await ready()
      head.vehicleArrives(grams(9_000))
      await done(dispenser.authorise(authorisation(clock, 2_000)))
      head.liftNozzle()
      await inState('completed')
      expect(await done(dispenser.lastSale(nozzle))).toMatchObject({
        ok: true,
        value: { sequence: 1, grams: 2_000, pricePaisePerKg: 7_900 },
      })
    })

    it('D09 a nozzle returned without flow records no sale', async () => {
      const { dispenser, head, clock, done, inState, sales, polls, eventually } = await ready()
      await done(dispenser.authorise(authorisation(clock, 2_000)))
      head.liftNozzle()
      // Not every protocol tells an open valve from gas that flows.
      await eventually(
        () => ['started', 'fuelling'].includes(dispenser.status(nozzle).value?.state ?? ''),
        'the sale is open',
      )
      head.hangUp()
      await inState('idle')
      await polls()
      expect(sales).toEqual([])
      expect(await done(dispenser.lastSale(nozzle))).toEqual({ ok: true, value: null })
    })

    it('D08 a repeated command id is acknowledged again and authorises once', async () => {
      const { dispenser, head, clock, done, inState } = await ready()
      const command = authorisation(clock, 1_000)
      const both = await done(
        Promise.all([dispenser.authorise(command), dispenser.authorise(command)]),
      )
      expect(both.map((answer) => answer.ok)).toEqual([true, true])
      await done(dispenser.stop(newCommand()))
      await inState('idle')
      expect(await done(dispenser.authorise(command))).toMatchObject({ ok: true })
      expect(head.state()).toBe('idle')
    })

    it('D08 an authorise whose acknowledgement is lost is looked up and starts one sale', async () => {
      const { dispenser, head, clock, done, inState, acknowledges } = await ready()
      const { distort } = head.trouble
      let lost = 0
      head.trouble.distort = (bytes) => {
        if (!acknowledges(bytes) || lost > 0) return bytes
        lost += 1
        return null
      }
      expect(await done(dispenser.authorise(authorisation(clock, 1_000)))).toMatchObject({
        ok: true,
      })
      head.trouble.distort = distort
      await inState('authorised')
      expect(lost).toBe(1)
      expect(head.model.authorisation?.limitGrams).toBe(1_000)
    })

    it('a second authorise while one is open is refused by the device', async () => {
      const { dispenser, clock, done, inState } = await ready()
      await done(dispenser.authorise(authorisation(clock, 1_000)))
      await inState('authorised')
      const second = await done(dispenser.authorise(authorisation(clock, 500)))
      expect(second).toMatchObject({ ok: false, error: { code: 'dispenser_refused' } })
    })

    it('an authorise past its time is refused and sends nothing', async () => {
      const { dispenser, head, clock, done } = await ready()
      const command = { ...authorisation(clock, 1_000), expiresAtMono: clock.mono() }
      expect(await done(dispenser.authorise(command))).toMatchObject({
        ok: false,
        error: { code: 'dispenser_refused' },
      })
      expect(head.state()).toBe('idle')
    })

    it('stop ends flow, and the gas that flowed is a sale', async () => {
      const { dispenser, head, clock, done, inState, flowing, sales, eventually } = await ready()
      head.vehicleArrives(grams(900_000))
      await done(dispenser.authorise(authorisation(clock, 800_000)))
      head.liftNozzle()
      await flowing()
      expect(await done(dispenser.stop(newCommand()))).toMatchObject({ ok: true })
      await inState('completed')
      await eventually(() => sales.length === 1, 'the sale is told')
      const told = sales[0]?.sale.grams ?? 0
      const delivered = head.model.lastSale?.grams ?? 0
      // A head that counts in steps of ten grams is right to within one step.
      expect(Math.abs(told - delivered)).toBeLessThan(head.limits.countGrams)
      expect(told).toBeGreaterThan(0)
    })

    it('stop at rest is acknowledged and changes nothing', async () => {
      const { dispenser, head, done } = await ready()
      expect(await done(dispenser.stop(newCommand()))).toMatchObject({ ok: true })
      expect(head.state()).toBe('idle')
    })

    onlyIf('suspend')('suspend holds flow and resume continues the same sale', async () => {
      const { dispenser, head, clock, done, inState, sales, eventually } = await ready()
      head.vehicleArrives(grams(6_000))
      await done(dispenser.authorise(authorisation(clock, 6_000)))
      head.liftNozzle()
      await inState('fuelling')
      expect(await done(dispenser.suspend(newCommand()))).toMatchObject({ ok: true })
      await inState('suspended')
      expect(await done(dispenser.resume(newCommand()))).toMatchObject({ ok: true })
      await eventually(() => sales.length === 1, 'the sale is told')
      expect(sales[0]?.sale.grams).toBe(6_000)
    })

    onlyIf('price')('D11 a price set while filling is not the price of the open sale', async () => {
      const { dispenser, head, clock, done, inState, sales, eventually } = await ready()
      head.vehicleArrives(grams(6_000))
      await done(dispenser.authorise(authorisation(clock, 6_000)))
      head.liftNozzle()
      await inState('fuelling')
      const price = { ...newCommand(), pricePaisePerKg: paisePerKg(9_999) }
      expect(await done(dispenser.setPrice(price))).toMatchObject({ ok: true })
      await eventually(() => sales.length === 1, 'the sale is told')
      expect(sales[0]?.sale.pricePaisePerKg).toBe(7_900)
    })

    onlyIf('rollover')(
      'D01 a totaliser that rolls over in a sale keeps the grams exact',
      async () => {
        const width = 1_000_000
        const { dispenser, head, clock, done, inState } = await ready({
          widthGrams: width,
          totaliserGrams: 999_500,
        })
        head.vehicleArrives(grams(2_000))
        await done(dispenser.authorise(authorisation(clock, 2_000)))
        head.liftNozzle()
        await inState('completed')
        const after = await done(dispenser.totals(nozzle))
        expect(after).toMatchObject({ ok: true, value: { grams: 1_500, widthGrams: width } })
      },
    )

    it('D07 a sale the head makes by itself in manual mode is told like any other', async () => {
      const { head, inState, sales, eventually } = await ready()
      head.setManualMode(true)
      head.vehicleArrives(grams(1_500))
      head.liftNozzle()
      await inState('fuelling')
      await eventually(() => head.model.vehicleRoomMilligrams === 0, 'the vehicle is full')
      head.hangUp()
      await eventually(() => sales.length === 1, 'the sale is told')
      expect(sales[0]?.sale).toMatchObject({ grams: 1_500 })
    })

    it('D15 two equal consecutive sales are both told', async () => {
      const { dispenser, head, clock, done, inState, sales, eventually } = await ready()
      for (const count of [1, 2]) {
        head.vehicleArrives(grams(1_000))
        await done(dispenser.authorise(authorisation(clock, 1_000)))
        head.liftNozzle()
        await eventually(() => sales.length === count, `sale ${count}`)
        head.hangUp()
        await done(dispenser.close(newCommand()))
        await inState('idle')
      }
      expect(sales.map(({ sale }) => sale.grams)).toEqual([1_000, 1_000])
      expect(new Set(sales.map(({ sale }) => sale.openingTotalGrams)).size).toBe(2)
    })

    onlyIf('boot-epoch')(
      'D04 a power cut in a sale keeps its grams in the log under the old epoch',
      async () => {
        const { dispenser, head, clock, done, inState, sales, eventually } = await ready()
        head.vehicleArrives(grams(900_000))
        await done(dispenser.authorise(authorisation(clock, 800_000)))
        head.liftNozzle()
        await inState('fuelling')
        head.powerCycle()
        await eventually(() => sales.length === 1, 'the cut sale is told')
        expect(sales[0]?.sale.bootEpoch).toBe(1)
        expect(dispenser.status(nozzle).value?.bootEpoch).toBe(2)
        expect(head.state()).toBe('calling')
      },
    )

    it('D14 an unknown state is a fault, is told, and nothing is authorised', async () => {
      const { dispenser, head, clock, done, eventually, inState } = await ready()
      head.setFault('unknown-state')
      await inState('fault')
      expect(dispenser.faults().map(({ fault }) => fault.code)).toContain('dispenser_unknown_state')
      const refused = await done(dispenser.authorise(authorisation(clock, 1_000)))
      expect(refused).toMatchObject({ ok: false, error: { code: 'dispenser_unknown_state' } })
      head.setFault('none')
      await eventually(() => dispenser.faults().length === 0, 'the fault is over')
    })

    it('S09 a silent device is stale with its last good value, refuses to authorise, and comes back', async () => {
      const { dispenser, head, clock, done, eventually } = await ready()
      head.setFault('silent')
      await eventually(() => dispenser.status(nozzle).quality === 'stale', 'stale')
      expect(dispenser.status(nozzle)).toMatchObject({
        value: null,
        lastGood: { value: { state: 'idle' } },
      })
      const refused = await done(dispenser.authorise(authorisation(clock, 1_000)))
      expect(refused.ok).toBe(false)
      expect(dispenser.health().state).toBe('offline')
      head.setFault('none')
      await eventually(() => dispenser.status(nozzle).quality === 'good', 'good again')
    })

    it('passes its self-test', async () => {
      const { dispenser, done } = await ready()
      expect(await done(dispenser.selfTest())).toMatchObject({ passed: true })
    })
  })
}
