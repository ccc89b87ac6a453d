import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { createNeogiHead } from '../../src/drivers/neogi/neogi-head.ts'
import { nozzleNo, type SaleEvent } from '../../src/ports/dispenser.ts'
import { obey } from '../../src/simulators/dispenser-commands.ts'
import { neogiConfig, neogiOnMemory, type NeogiOnMemory } from '../rigs/neogi-on-memory.ts'
import { pass } from '../rigs/turn-clock.ts'

const nozzle = nozzleNo(1)
const ids = countingIds(7)
const newCommand = () => ({ cmdId: commandId(ids.uuid()), nozzle })

function authorisation({ clock }: Pick<NeogiOnMemory, 'clock'>, limitGrams = 2_000) {
  return {
    ...newCommand(),
    fillId: fillId(ids.uuid()),
    limitGrams: grams(limitGrams),
    pricePaisePerKg: paisePerKg(7_900),
    expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
  }
}

async function started(options?: Parameters<typeof neogiOnMemory>[0]) {
  const subject = neogiOnMemory(options)
  const sales: SaleEvent[] = []
  subject.dispenser.on('sale', (event) => sales.push(event))
  await subject.dispenser.start()
  const good = () => subject.dispenser.status(nozzle).quality === 'good'
  await subject.eventually(good, 'a good status')
  const inState = (state: string) =>
    subject.eventually(() => subject.dispenser.status(nozzle).value?.state === state, state)
  return { ...subject, sales, inState, good }
}

const reads = ['ST\r', 'VT\r', 'RV\r', 'LT\r']
const commandsIn = (sent: readonly string[]) => sent.filter((text) => !reads.includes(text))
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('what is sent', () => {
  it.each([
    ['the device is in poll mode', { config: { mode: 'poll' } }],
    ['the station is not in control', { stationControl: false }],
  ])('no command when %s', async (_, options) => {
    const subject = await started(options)
    const { dispenser, done, sent } = subject
    const all = [
      dispenser.authorise(authorisation(subject)),
      dispenser.stop(newCommand()),
      dispenser.close(newCommand()),
    ]
    for (const answer of await done(Promise.all(all))) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'dispenser_refused' } })
    }
    expect(commandsIn(sent)).toEqual([])
  })

  it('what the protocol cannot say is refused and not sent', async () => {
    const { dispenser, done, sent } = await started()
    const all = [
      dispenser.suspend(newCommand()),
      dispenser.resume(newCommand()),
      dispenser.setPrice({ ...newCommand(), pricePaisePerKg: paisePerKg(8_000) }),
    ]
    for (const answer of await done(Promise.all(all))) {
      expect(answer).toMatchObject({ ok: false, error: { code: 'dispenser_refused' } })
    }
    expect(commandsIn(sent)).toEqual([])
  })

  it('an authorisation takes the head, cancels what an earlier life left, and presets', async () => {
    const subject = await started()
    const { dispenser, head, done, sent } = subject
    expect((await done(dispenser.authorise(authorisation(subject, 2_009)))).ok).toBe(true)
    expect(commandsIn(sent)).toEqual(['DM\r', 'CT\r', '#SL0002.00$*          #28%'])
    // A limit between two steps of the head is lowered, never raised.
    expect(head.model.authorisation?.limitGrams).toBe(2_000)
  })

  it('a limit below one step of the head is refused', async () => {
    const subject = await started()
    const { dispenser, done, sent } = subject
    expect(await done(dispenser.authorise(authorisation(subject, 9)))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
    expect(commandsIn(sent)).toEqual([])
  })
})

describe('D08 at most one preset', () => {
  it('D08 of a hundred authorisations over a line that loses every tenth reply none starts twice', async () => {
    const subject = await started()
    const { dispenser, head, done, inState, eventually, good } = subject
    const prng = seededPrng(8)
    head.trouble.distort = (bytes) => (prng.next() < 0.1 ? null : bytes)
    let acknowledged = 0
    for (let round = 0; round < 100; round += 1) {
      await eventually(good, 'good')
      const limitGrams = 1_000 + round * 10
      const answer = await done(dispenser.authorise(authorisation(subject, limitGrams)))
      if (answer.ok) {
        acknowledged += 1
        expect(head.model.authorisation?.limitGrams).toBe(limitGrams)
      }
      await done(dispenser.stop(newCommand()))
      await inState('idle')
    }
    expect(acknowledged).toBeGreaterThan(60)
    expect(head.model.sequence).toBe(0)
  })

  it('D03 a preset nobody used is cancelled when its time is over', async () => {
    const subject = await started()
    const { dispenser, head, clock, done, inState } = subject
    const command = {
      ...authorisation(subject),
      expiresAtMono: monoAfter(clock.mono(), millis(8_000)),
    }
    expect((await done(dispenser.authorise(command))).ok).toBe(true)
    await pass(clock, 7_000)
    expect(head.state()).toBe('authorised')
    await inState('idle')
    expect(head.state()).toBe('idle')
  })

  it('D03 a preset that a killed node left is cancelled by the close of its fill', async () => {
    const first = await started()
    await first.done(first.dispenser.authorise(authorisation(first)))
    await first.dispenser.dispose('the node was killed')
    expect(first.head.state()).toBe('authorised')
    const { bus, clock } = first
    const parts = { bus, clock, log: () => undefined, stationControl: true }
    const second = createNeogiHead(neogiConfig({}), parts)
    await second.start()
    await first.eventually(() => second.status(nozzle).quality === 'good', 'good')
    expect((await first.done(second.close(newCommand()))).ok).toBe(true)
    expect(first.head.state()).toBe('idle')
    await second.dispose('test over')
  })

  it('a stop given while an authorise is on its way leaves the head at rest', async () => {
    const subject = await started()
    const { dispenser, head, clock, done } = subject
    head.trouble.delayMs = () => millis(60)
    for (const after of [5, 70, 140, 210, 280]) {
      const authorise = dispenser.authorise(authorisation(subject))
      await pass(clock, after, 1)
      expect(await done(dispenser.stop(newCommand()))).toMatchObject({ ok: true })
      await done(authorise)
      await pass(clock, 2_000)
      expect(head.state()).toBe('idle')
    }
  })

  it('a stop whose own confirmation is lost is judged by the status', async () => {
    const subject = await started()
    const { dispenser, head, done, inState, eventually } = subject
    head.vehicleArrives(grams(900_000))
    await done(dispenser.authorise(authorisation(subject, 800_000)))
    head.liftNozzle()
    await inState('fuelling')
    let lost = 0
    head.trouble.distort = (bytes) => {
      if (textOf(bytes) !== '#OK%' || lost > 0) return bytes
      lost += 1
      return null
    }
    expect((await done(dispenser.stop(newCommand()))).ok).toBe(true)
    expect(lost).toBe(1)
    await eventually(() => head.state() === 'completed', 'ended')
  })
})

describe('replies that are none', () => {
  it('S05 of 400 totals, every fifth reply too late, none is wrong', async () => {
    const { dispenser, head, done, bus } = neogiOnMemory()
    head.trouble.delayMs = (nth) => millis(nth % 5 === 0 ? 500 : 6)
    let right = 0
    for (let read = 1; read <= 400; read += 1) {
      head.replaceMeter(grams(read * 1_000_000))
      const totals = await done(dispenser.totals(nozzle))
      if (!totals.ok) continue
      expect(totals.value.grams).toBe(read * 1_000_000)
      right += 1
    }
    expect(right).toBeGreaterThan(200)
    expect(bus.stats().lateReplies).toBeGreaterThan(50)
  })

  it.each([
    [
      'a wrong check digit',
      (text: string) => text.replace(/(\d)%$/, (_, d) => `${(+d + 1) % 10}%`),
    ],
    ['no check digits', (text: string) => text.replace(/#\d\d%$/, '%')],
    [
      'a digit that changed',
      (text: string) => text.replace(/(\d)\./, (_, d) => `${(+d + 3) % 10}.`),
    ],
    ['a torn end', (text: string) => text.slice(0, -3)],
  ])('a total with %s is refused and never a value', async (_, spoil) => {
    const { dispenser, head, done, bus } = neogiOnMemory()
    head.trouble.distort = (bytes) => bytesOf(spoil(textOf(bytes)))
    expect(await done(dispenser.totals(nozzle))).toMatchObject({
      ok: false,
      error: { code: 'bus_timeout' },
    })
    const { damagedFrames, noiseBytes, timeouts } = bus.stats()
    expect(damagedFrames + noiseBytes + timeouts).toBeGreaterThan(0)
  })

  it('S02 of 2,000 totals on a line that flips one byte in 300 none is wrong', async () => {
    const { dispenser, head, done } = neogiOnMemory()
    const prng = seededPrng(5)
    head.trouble.distort = (bytes) =>
      bytes.map((byte) => (prng.next() < 1 / 300 ? byte ^ (1 << wholeBetween(prng, 0, 6)) : byte))
    const truth = head.totaliserGrams()
    let right = 0
    for (let read = 0; read < 2_000; read += 1) {
      const totals = await done(dispenser.totals(nozzle))
      if (!totals.ok) continue
      expect(totals.value.grams).toBe(truth)
      right += 1
    }
    expect(right).toBeGreaterThan(1_500)
  })

  it('D14 a status code damaged once is read again, and only one that comes twice is a fault', async () => {
    const { dispenser, head, clock, eventually, inState } = await started()
    const states: string[] = []
    dispenser.on('state', ({ status }) => states.push(status.state))
    let damaged = 0
    head.trouble.distort = (bytes) => {
      if (!textOf(bytes).startsWith('#ST') || damaged > 0) return bytes
      damaged += 1
      return bytesOf('#STIDLF%')
    }
    await eventually(() => damaged === 1, 'damaged')
    await pass(clock, 1_000)
    expect(states).not.toContain('fault')
    head.setFault('unknown-state')
    await inState('fault')
    expect(dispenser.status(nozzle).raw).toBe('#STFOO%')
  })

  it('a last sale that the head sends by itself answers nobody', async () => {
    const { dispenser, head, done, inState, sales, eventually } = await started()
    head.trouble.distort = (bytes) =>
      textOf(bytes).startsWith('#ST') ? bytesOf(`#LT1&0002.00#${'00'}%${textOf(bytes)}`) : bytes
    head.setManualMode(true)
    head.vehicleArrives(grams(1_500))
    head.liftNozzle()
    await inState('fuelling')
    await eventually(() => head.model.vehicleRoomMilligrams === 0, 'full')
    head.hangUp()
    await eventually(() => sales.length === 1, 'the sale')
    expect(sales[0]?.sale.grams).toBe(1_500)
    expect((await done(dispenser.totals(nozzle))).ok).toBe(true)
  })

  it('INVALID to a question is a refusal and no value', async () => {
    const { dispenser, head, done } = neogiOnMemory()
    head.trouble.distort = () => bytesOf('#INVALID%')
    expect(await done(dispenser.totals(nozzle))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
  })
})

describe('sales', () => {
  it('D06 a link lost while filling and back after the nozzle was hung up tells the sale once', async () => {
    const subject = await started()
    const { dispenser, head, clock, done, inState, sales, near, eventually } = subject
    head.vehicleArrives(grams(1_500))
    await done(dispenser.authorise(authorisation(subject)))
    head.liftNozzle()
    await inState('fuelling')
    near.plug('opening')
    await pass(clock, 30_000, 50)
    expect(dispenser.status(nozzle).quality).toBe('stale')
    head.hangUp()
    near.plug('open')
    await eventually(() => sales.length === 1, 'the sale')
    await pass(clock, 3_000)
    expect(sales.map(({ sale }) => sale.grams)).toEqual([1_500])
  })

  it('D07 a whole sale made by hand while the line was away is told when it is back', async () => {
    const { head, clock, near, sales, eventually } = await started()
    near.plug('opening')
    head.setManualMode(true)
    head.vehicleArrives(grams(1_200))
    head.liftNozzle()
    await pass(clock, 20_000, 50)
    head.hangUp()
    near.plug('open')
    await eventually(() => sales.length === 1, 'the sale')
    expect(sales[0]?.sale).toMatchObject({ grams: 1_200, pricePaisePerKg: 0 })
  })

  it('D04 a driver that starts in mid-fill tells the sale by what the head shows', async () => {
    const { head, dispenser, clock, sales, eventually } = neogiOnMemorySales()
    const authorise = {
      kind: 'authorise',
      limitGrams: grams(2_000),
      pricePaisePerKg: paisePerKg(7_900),
      validMs: millis(60_000),
    } as const
    head.vehicleArrives(grams(9_000))
    head.become(obey(head.model, authorise, head.limits).model)
    head.liftNozzle()
    await pass(clock, 3_000)
    await dispenser.start()
    await eventually(() => dispenser.status(nozzle).value?.state === 'fuelling', 'filling')
    await eventually(() => sales.length === 1, 'the sale')
    expect(Math.abs((sales[0]?.sale.grams ?? 0) - 2_000)).toBeLessThanOrEqual(150)
  })

  it('D15 sales of a few sizes over a line that loses and delays add up to the counter', async () => {
    const subject = await started()
    const { dispenser, head, done, clock, sales } = subject
    const prng = seededPrng(9)
    const before = head.totaliserGrams()
    head.trouble.delayMs = () => millis(prng.next() < 0.1 ? 450 : 6)
    head.trouble.distort = (bytes) => (prng.next() < 0.1 ? null : bytes)
    for (let vehicle = 0; vehicle < 60; vehicle += 1) {
      head.vehicleArrives(grams(wholeBetween(prng, 0, 2) * 500))
      await done(dispenser.authorise(authorisation(subject, 1_000)))
      head.liftNozzle()
      await pass(clock, 9_000, 20)
      head.hangUp()
      await done(dispenser.stop(newCommand()))
      await done(dispenser.close(newCommand()))
    }
    head.trouble.delayMs = () => millis(6)
    head.trouble.distort = (bytes) => bytes
    await pass(clock, 40_000, 50)
    const told = sales.reduce((sum, { sale }) => sum + sale.grams, 0)
    expect(told).toBe(head.totaliserGrams() - before)
    expect(sales.length).toBeGreaterThan(15)
  })
})

function neogiOnMemorySales() {
  const subject = neogiOnMemory()
  const sales: SaleEvent[] = []
  subject.dispenser.on('sale', (event) => sales.push(event))
  return { ...subject, sales }
}
