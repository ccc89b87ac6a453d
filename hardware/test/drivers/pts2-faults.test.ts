import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { nozzleNo, type SaleEvent } from '../../src/ports/dispenser.ts'
import { pumpOnMemory, type PumpOnMemory } from '../rigs/pump-on-memory.ts'
import { pass } from '../rigs/turn-clock.ts'

const nozzle = nozzleNo(1)
const ids = countingIds(6)
const newCommand = () => ({ cmdId: commandId(ids.uuid()), nozzle })

function authorisation({ clock }: Pick<PumpOnMemory, 'clock'>, limitGrams = 2_000) {
  return {
    ...newCommand(),
    fillId: fillId(ids.uuid()),
    limitGrams: grams(limitGrams),
    pricePaisePerKg: paisePerKg(7_900),
    expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
  }
}

async function started(options?: Parameters<typeof pumpOnMemory>[0]) {
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

/** Commands among the messages sent, by their types. */
function commandsIn(sent: readonly string[]): readonly string[] {
  return sent.flatMap((text) => /"Type":"(Pump\w+)"/.exec(text)?.[1] ?? []).filter(isCommand)
}

const isCommand = (type: string): boolean => !type.startsWith('PumpGet')
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const bytesOf = (text: string): Uint8Array => Buffer.from(text)

describe('modes', () => {
  it.each([
    ['the device is in poll mode', { config: { mode: 'poll' } }],
    ['the station is not in control', { stationControl: false }],
  ])('no command is sent when %s', async (_, options) => {
    const subject = await started(options)
    const { dispenser, done, controller } = subject
    const all = [
      dispenser.authorise(authorisation(subject)),
      dispenser.stop(newCommand()),
      dispenser.suspend(newCommand()),
      dispenser.resume(newCommand()),
      dispenser.close(newCommand()),
      dispenser.setPrice({ ...newCommand(), pricePaisePerKg: paisePerKg(8_000) }),
    ]
    for (const answer of await done(Promise.all(all))) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'dispenser_refused' } })
    }
    expect(commandsIn(controller.sent)).toEqual([])
  })

  it('in listen mode nothing is sent at all, and what the controller tells by itself is shown', async () => {
    const subject = pumpOnMemory({ config: { mode: 'listen' } })
    const { dispenser, clock, controller, done } = subject
    await dispenser.start()
    await pass(clock, 1_000)
    expect(dispenser.status(nozzle).value).toBeNull()
    const status = (id: number, up: number) =>
      `{"Protocol":"jsonPTS","Packets":[{"Id":${id},"Type":"PumpIdleStatus","Data":{"Pump":7,"NozzleUp":${up}}}]}`
    controller.say(status(1, 1))
    await pass(clock, 500)
    expect(dispenser.status(nozzle)).toMatchObject({ quality: 'good', value: { state: 'calling' } })
    expect((await done(dispenser.totals(nozzle))).ok).toBe(false)
    expect((await done(dispenser.stop(newCommand()))).ok).toBe(false)
    await pass(clock, 3_000)
    expect(dispenser.status(nozzle).quality).toBe('stale')
    expect(controller.sent).toEqual([])
  })
})

describe('D08 at most one authorisation', () => {
  it('D08 of a hundred authorisations over a line that loses every third answer none starts twice', async () => {
    const subject = await started()
    const { dispenser, head, done, controller, inState, eventually } = subject
    const good = () => dispenser.status(nozzle).quality === 'good'
    let answers = 0
    head.trouble.distort = (bytes) => {
      answers += 1
      return answers % 3 === 0 ? null : bytes
    }
    let acknowledged = 0
    for (let round = 0; round < 100; round += 1) {
      await eventually(good, 'good')
      const command = authorisation(subject, 1_000 + round)
      const answer = await done(dispenser.authorise(command))
      if (answer.ok) {
        acknowledged += 1
        expect(head.model.authorisation?.limitGrams).toBe(1_000 + round)
      }
      await done(dispenser.stop(newCommand()))
      await inState('idle')
    }
    expect(acknowledged).toBeGreaterThan(90)
    expect(head.model.sequence).toBe(0)
    expect(controller.sent.length).toBeGreaterThan(300)
  })

  it('D08 an answer that comes after the authorisation was looked up changes nothing', async () => {
    const subject = await started()
    const { dispenser, head, done, clock, line, inState } = subject
    head.trouble.distort = (bytes, nth) => {
      head.trouble.delayMs = () =>
        millis(textOf(bytes).includes('PumpAuthorizeConfirmation') ? 900 : 5)
      return nth > 0 ? bytes : null
    }
    expect(await done(dispenser.authorise(authorisation(subject)))).toMatchObject({ ok: true })
    await pass(clock, 2_000)
    await inState('authorised')
    expect(line.stats().unasked).toBe(1)
  })

  it('D08 an authorisation of somebody else is no answer to ours', async () => {
    const subject = await started()
    const { dispenser, head, done } = subject
    head.trouble.distort = (bytes) =>
      textOf(bytes).includes('PumpAuthorizeConfirmation') ? null : bytes
    const { distort } = head.trouble
    // The tag of another user lies with the open sale.
    head.trouble.distort = (bytes, nth) => {
      const text = textOf(bytes).replace(/"Tag":"[^"]*"/, '"Tag":"0000000000000000"')
      return distort(bytesOf(text), nth)
    }
    expect(await done(dispenser.authorise(authorisation(subject)))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
  })

  it('D03 an authorisation nobody used is taken back when its time is over', async () => {
    const subject = await started()
    const { dispenser, head, clock, done, inState, controller } = subject
    const command = {
      ...authorisation(subject),
      expiresAtMono: monoAfter(clock.mono(), millis(8_000)),
    }
    expect((await done(dispenser.authorise(command))).ok).toBe(true)
    await inState('authorised')
    await pass(clock, 7_000)
    expect(head.state()).toBe('authorised')
    await inState('idle')
    expect(head.state()).toBe('idle')
    expect(commandsIn(controller.sent)).toEqual(['PumpAuthorize', 'PumpStop'])
  })

  it('a stop given while an authorise is on its way leaves the dispenser at rest', async () => {
    const subject = await started()
    const { dispenser, head, clock, done } = subject
    head.trouble.delayMs = () => millis(200)
    const authorise = dispenser.authorise(authorisation(subject))
    await pass(clock, 20, 1)
    const stop = dispenser.stop(newCommand())
    expect(await done(stop)).toMatchObject({ ok: true })
    expect(await done(authorise)).toMatchObject({ ok: false, error: { code: 'bus_preempted' } })
    await pass(clock, 3_000)
    expect(head.state()).toBe('idle')
  })

  it('an authorisation that arrives behind the stop that overtook it is taken back', async () => {
    const subject = await started()
    const { dispenser, head, clock, done, inState } = subject
    await done(dispenser.stop(newCommand()))
    // Two connections keep no order: the command came later than the stop sent after it.
    const { obey } = await import('../../src/simulators/dispenser-commands.ts')
    const stray = {
      kind: 'authorise',
      limitGrams: grams(5_000),
      pricePaisePerKg: paisePerKg(7_900),
      validMs: millis(60_000),
    } as const
    head.become(obey(head.model, stray, head.limits).model)
    await pass(clock, 2_000)
    await inState('idle')
    expect(head.state()).toBe('idle')
  })

  it('a dispenser that does not obey a stop is stopped by the emergency stop', async () => {
    const subject = await started()
    const { dispenser, head, done, inState, controller } = subject
    head.vehicleArrives(grams(900_000))
    await done(dispenser.authorise(authorisation(subject, 800_000)))
    head.liftNozzle()
    await inState('fuelling')
    const { model } = head
    head.trouble.distort = (bytes) => {
      // The usual stop is confirmed and does nothing.
      if (textOf(bytes).includes('"Type":"PumpStop"')) head.become(model)
      return bytes
    }
    expect(await done(dispenser.stop(newCommand()))).toMatchObject({ ok: true })
    expect(commandsIn(controller.sent)).toContain('PumpEmergencyStop')
    expect(head.state()).toBe('completed')
  })
})

describe('answers that are none', () => {
  it('S05 of 600 totals, every third answered too late, none is wrong', async () => {
    const { dispenser, head, done, line } = pumpOnMemory()
    head.trouble.delayMs = (nth) => millis(nth % 3 === 0 ? 900 : 5)
    let right = 0
    for (let read = 1; read <= 600; read += 1) {
      head.replaceMeter(grams(read * 1_000_000))
      const totals = await done(dispenser.totals(nozzle))
      if (!totals.ok) continue
      expect(totals.value.grams).toBe(read * 1_000_000)
      right += 1
    }
    expect(right).toBeGreaterThan(500)
    expect(line.stats().unasked).toBeGreaterThan(100)
  })

  it.each([
    ['the id of another question', (text: string) => text.replace(/"Id":\d+/, '"Id":999999')],
    ['another dispenser', (text: string) => text.replace('"Pump":7', '"Pump":8')],
    ['no JSON', () => 'hello'],
    ['half of a message', (text: string) => text.slice(0, text.length / 2)],
    ['nothing', () => ''],
  ])('%s is no answer, and the next good one is taken', async (_, spoil) => {
    const { dispenser, head, done, line, eventually, clock } = await started()
    head.trouble.distort = (bytes) => bytesOf(spoil(textOf(bytes)))
    expect(await done(dispenser.totals(nozzle))).toMatchObject({
      ok: false,
      error: { code: 'bus_timeout' },
    })
    await eventually(() => dispenser.status(nozzle).quality === 'stale', 'stale')
    const { unasked, mismatches, brokenMessages } = line.stats()
    expect(unasked + mismatches + brokenMessages).toBeGreaterThan(3)
    head.trouble.distort = (bytes) => bytes
    await pass(clock, 31_000, 50)
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good again')
    expect(dispenser.faults()).toEqual([])
  })

  it('S02 a status that needed a second attempt is uncertain, and good again with the next', async () => {
    const { dispenser, head, eventually } = await started()
    let lost = 0
    head.trouble.distort = (bytes) => {
      lost += 1
      return lost === 1 ? null : bytes
    }
    await eventually(() => dispenser.status(nozzle).quality === 'uncertain', 'uncertain')
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good again')
  })

  it('D14 a status of a later firmware is a fault under our eyes and authorises nothing', async () => {
    const subject = await started()
    const { dispenser, head, done, inState, controller } = subject
    head.setFault('unknown-state')
    await inState('fault')
    expect(dispenser.status(nozzle).raw).toContain('PumpMaintenanceStatus')
    expect(await done(dispenser.authorise(authorisation(subject)))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_unknown_state' },
    })
    expect(commandsIn(controller.sent)).toEqual([])
  })

  it('D14 a sale at a nozzle the station file does not name is a fault', async () => {
    const subject = await started()
    const { head, inState } = subject
    head.setManualMode(true)
    head.trouble.distort = (bytes) => bytesOf(textOf(bytes).replace('"Nozzle":1', '"Nozzle":2'))
    head.vehicleArrives(grams(1_500))
    head.liftNozzle()
    await inState('fault')
  })

  it('M03 a mass with more digits than grams is bad and never rounded', async () => {
    const { dispenser, head, eventually } = await started()
    head.setManualMode(true)
    head.trouble.distort = (bytes) =>
      bytesOf(textOf(bytes).replace(/"Volume":[\d.]+/, '"Volume":1.23456'))
    head.vehicleArrives(grams(900_000))
    head.liftNozzle()
    await eventually(() => dispenser.status(nozzle).quality === 'bad', 'bad')
    expect(dispenser.faults().map(({ fault }) => fault.code)).toEqual(['bad_reading'])
  })
})

describe('what the controller says no to', () => {
  it('a controller that another user holds is asked again, within a bound', async () => {
    const { dispenser, head, done, controller, line } = await started()
    let busy = 3
    head.trouble.distort = (bytes) => {
      busy -= 1
      return busy < 0
        ? bytes
        : bytesOf(
            textOf(bytes).replace(
              /"Type".*/,
              '"Error":true,"Code":40,"Message":"JSONPTS_ERROR_BUSY_OTHER_USER"}]}',
            ),
          )
    }
    expect((await done(dispenser.totals(nozzle))).ok).toBe(true)
    expect(line.stats().busy).toBe(3)
    head.setFault('busy')
    const before = controller.sent.length
    expect(await done(dispenser.totals(nozzle))).toMatchObject({
      ok: false,
      error: { code: 'controller_busy' },
    })
    expect(controller.sent.length - before).toBeLessThan(60)
  })

  it.each([
    ['NO_PERMISSIONS', 'controller_access'],
    ['PUMP_IS_NOT_CONFIGURED', 'controller_configuration'],
    ['NOZZLE_NUMBER_OUT_OF_RANGE', 'controller_configuration'],
    ['POWER_DOWN_DETECTED', 'controller_failure'],
    ['OF_A_LATER_REVISION', 'controller_failure'],
    ['PUMP_BUSY_FILLING', 'dispenser_refused'],
  ])(
    'JSONPTS_ERROR_%s to an authorise is the fault %s, and it is not sent again',
    async (name, code) => {
      const subject = await started()
      const { dispenser, head, done, controller } = subject
      head.trouble.distort = (bytes) =>
        textOf(bytes).includes('Confirmation')
          ? bytesOf(
              textOf(bytes).replace(
                /"Type".*/,
                `"Error":true,"Code":1,"Message":"JSONPTS_ERROR_${name}"}]}`,
              ),
            )
          : bytes
      expect(await done(dispenser.authorise(authorisation(subject)))).toMatchObject({
        ok: false,
        error: { code },
      })
      expect(commandsIn(controller.sent)).toEqual(['PumpAuthorize'])
    },
  )

  it('a limit below one step of the dispenser is refused, and one between two steps is lowered', async () => {
    const subject = await started({ config: { massDecimals: 2 } })
    const { dispenser, head, done, controller } = subject
    expect(await done(dispenser.authorise(authorisation(subject, 9)))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
    expect((await done(dispenser.authorise(authorisation(subject, 2_009)))).ok).toBe(true)
    expect(head.model.authorisation?.limitGrams).toBe(2_000)
    expect(controller.sent.join()).toContain('"Dose":2.00,"Price":79.00')
  })

  it('a dispenser that is preset by money gets no more than the limit is worth', async () => {
    const subject = await started({ config: { preset: 'amount' } })
    const { dispenser, head, done, controller } = subject
    expect((await done(dispenser.authorise(authorisation(subject, 1_999)))).ok).toBe(true)
    // 1,999 g at ₹79.00 are ₹157.921.
    expect(controller.sent.join()).toContain('"Dose":157.92')
    expect(head.model.authorisation?.limitGrams).toBeLessThanOrEqual(1_999)
  })

  it('the other nozzles keep their prices when ours is set', async () => {
    const subject = await started()
    const { dispenser, head, done, controller } = subject
    head.trouble.distort = (bytes) =>
      bytesOf(textOf(bytes).replace(/"Prices":\[([\d.]+)\]/, '"Prices":[$1,81.55]'))
    const price = { ...newCommand(), pricePaisePerKg: paisePerKg(8_005) }
    expect((await done(dispenser.setPrice(price))).ok).toBe(true)
    expect(controller.sent.join()).toContain('"Prices":[80.05,81.55]')
  })
})

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
    const { createPts2Pump } = await import('../../src/drivers/pts2/pts2-pump.ts')
    const { pts2ConfigSchema } = await import('../../src/drivers/pts2/manifest.ts')
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
