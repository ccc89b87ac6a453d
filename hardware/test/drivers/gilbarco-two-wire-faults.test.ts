import { countingIds } from '@baari/shared/testing/counting-ids'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { gilbarcoScale } from '../../src/drivers/gilbarco-two-wire/gilbarco-scale.ts'
import { nozzleNo } from '../../src/ports/dispenser.ts'
import { createGilbarcoPumpDecoder } from '../../src/protocols/gilbarco-two-wire/frame-codec.ts'
import { gilbarcoOnMemory, type GilbarcoOptions } from '../rigs/gilbarco-on-memory.ts'
import { pass } from '../rigs/turn-clock.ts'

const nozzle = nozzleNo(1)
const ids = countingIds(4)
const newCommand = () => ({ cmdId: commandId(ids.uuid()), nozzle })
const authorisation = (clock: { mono(): Mono }, limitGrams: number, price = 7_900) => ({
  ...newCommand(),
  fillId: fillId(ids.uuid()),
  limitGrams: grams(limitGrams),
  pricePaisePerKg: paisePerKg(price),
  expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
})

async function started(options: GilbarcoOptions = {}) {
  const rig = gilbarcoOnMemory(options)
  for (const dispenser of [rig.dispenser, rig.other.dispenser]) {
    await dispenser.start()
    await rig.eventually(() => dispenser.status(nozzle).quality === 'good', 'good')
  }
  return rig
}

/** Words that move a pump, in the order in which they went out. */
function moving(sent: readonly Uint8Array[]): readonly string[] {
  const decoder = createGilbarcoPumpDecoder()
  return sent
    .flatMap((bytes) => decoder.feed(bytes))
    .flatMap((item) => {
      if (item.kind !== 'frame' || item.frame.kind === 'all-stop') return []
      if (item.frame.kind === 'data') return [item.frame.data.kind]
      const { command, pump } = item.frame
      return ['authorise', 'send-data', 'stop'].includes(command) ? [`${command} ${pump}`] : []
    })
}

describe('what may move gas', () => {
  it('before commissioning nothing is authorised and nothing is sent', async () => {
    const { dispenser, clock, done, sent } = await started({ config: { commissioned: false } })
    expect(await done(dispenser.authorise(authorisation(clock, 2_000)))).toMatchObject({
      ok: false,
      error: { code: 'device_unverified' },
    })
    expect(moving(sent)).toEqual([])
  })

  it('price and preset each follow the word by which the pump listens, and the authorise comes last', async () => {
    const { dispenser, clock, done, sent } = await started()
    expect(await done(dispenser.authorise(authorisation(clock, 2_000)))).toMatchObject({ ok: true })
    expect(moving(sent)).toEqual([
      'send-data 1',
      'price',
      'send-data 1',
      'preset-amount',
      'authorise 1',
    ])
  })

  it('two pumps authorised at once get each its own price and preset', async () => {
    const { dispenser, head, other, clock, done, sent } = await started()
    const both = [
      dispenser.authorise(authorisation(clock, 2_000, 8_000)),
      other.dispenser.authorise(authorisation(clock, 5_000, 9_000)),
    ]
    expect((await done(Promise.all(both))).map(({ ok }) => ok)).toEqual([true, true])
    expect(head.model.authorisation).toMatchObject({ limitGrams: 2_000, pricePaisePerKg: 8_000 })
    expect(other.head.model.authorisation).toMatchObject({
      limitGrams: 5_000,
      pricePaisePerKg: 9_000,
    })
    // Nobody is made to listen between a pump's word and its block.
    const words = moving(sent)
    words.forEach((word, at) => {
      if (word.startsWith('send-data')) expect(['price', 'preset-amount']).toContain(words[at + 1])
    })
  })

  it('while a pump may still listen no other is told a price: it would take it', async () => {
    const { dispenser, other, far, head, clock, done } = await started()
    const write = far.write.bind(far)
    // Pump 1 says that it listens and is never heard again.
    far.write = (bytes) => (bytes[0] === 0xd1 ? (head.setFault('silent'), false) : write(bytes))
    expect((await done(dispenser.authorise(authorisation(clock, 2_000)))).ok).toBe(false)
    const answer = await done(other.dispenser.authorise(authorisation(clock, 5_000)))
    expect(answer).toMatchObject({ ok: false, error: { code: 'bus_timeout' } })
    expect(other.head.state()).toBe('idle')
    head.setFault('none')
    head.become({ ...head.model })
    far.write = write
  })
})

describe('a dirty line', () => {
  it('S05 with every twelfth reply late no total is of the other pump', async () => {
    const { dispenser, head, other, done, clock } = await started()
    other.head.replaceMeter(grams(77_000_000))
    await pass(clock, 8_000)
    for (const each of [head, other.head]) {
      each.trouble.delayMs = (nth) => millis(nth % 12 === 0 ? 700 : 10)
    }
    let right = 0
    for (let read = 0; read < 60; read += 1) {
      const [mine, theirs] = await done(
        Promise.all([dispenser.totals(nozzle), other.dispenser.totals(nozzle)]),
      )
      if (mine.ok) expect(mine.value.grams).toBe(head.totaliserGrams())
      if (theirs.ok) expect(theirs.value.grams).toBe(77_000_000)
      right += (mine.ok ? 1 : 0) + (theirs.ok ? 1 : 0)
      await pass(clock, 500)
    }
    expect(right).toBeGreaterThan(5)
  })

  it('D14 the raw word of an unknown status is in the fault', async () => {
    const { dispenser, head, eventually } = await started()
    head.setFault('unknown-state')
    await eventually(() => dispenser.faults().length > 0, 'the fault')
    expect(dispenser.faults()[0]?.fault).toMatchObject({
      code: 'dispenser_unknown_state',
      hint: '51',
    })
  })
})

describe('money and mass', () => {
  it('a running sale whose money cannot be read is never shown with the mass of the sale before', async () => {
    const { dispenser, head, clock, done, eventually, far } = await started()
    const inState = (state: string) =>
      eventually(() => dispenser.status(nozzle).value?.state === state, state)
    head.vehicleArrives(grams(3_000))
    await done(dispenser.authorise(authorisation(clock, 3_000)))
    head.liftNozzle()
    await inState('completed')
    head.hangUp()
    await done(dispenser.close(newCommand()))
    await inState('idle')
    const write = far.write.bind(far)
    // Six digits alone are running money.
    far.write = (bytes) => (bytes.length === 6 ? false : write(bytes))
    const shown: number[] = []
    dispenser.on('flow', ({ saleGrams }) => shown.push(saleGrams))
    dispenser.on('state', ({ status }) => {
      if (status.state === 'fuelling') shown.push(status.saleGrams)
    })
    head.vehicleArrives(grams(900_000))
    await done(dispenser.authorise(authorisation(clock, 800_000)))
    head.liftNozzle()
    await eventually(() => dispenser.status(nozzle).quality === 'stale', 'nothing is known')
    expect(shown.filter((mass) => mass > 0)).toEqual([])
    far.write = write
    await inState('fuelling')
    expect(dispenser.status(nozzle).value?.saleGrams).toBeGreaterThan(0)
  })

  it('D04 a node that finds a pump filling takes the price from the pump, not nothing for the mass', async () => {
    const { dispenser, head, done, eventually } = gilbarcoOnMemory()
    head.setManualMode(true)
    head.vehicleArrives(grams(900_000))
    head.liftNozzle()
    await eventually(() => head.saleGrams() > 2_000, 'gas flows before the driver is there')
    await done(dispenser.start())
    await eventually(() => dispenser.status(nozzle).value?.state === 'fuelling', 'fuelling')
    // Money is told in tenths of a rupee, so the mass is a few grams behind.
    expect(dispenser.status(nozzle).value?.saleGrams).toBeGreaterThan(1_900)
  })

  const scale = gilbarcoScale({
    decimals: { mass: 2, amount: 2, price: 2 },
    totalUnitGrams: 10,
  })

  it('the money preset never reaches beyond the limit', () => {
    for (let limit = 10; limit < 30_000; limit += 37) {
      const price = paisePerKg(8_950)
      const counts = scale.presetCounts(grams(limit), price) ?? 0
      expect((counts * 1000) / price).toBeLessThanOrEqual(limit)
    }
  })

  it('mass told from running money never exceeds what flowed', () => {
    const price = paisePerKg(8_950)
    for (let milligrams = 0; milligrams < 9_000_000; milligrams += 7_919) {
      const money = Math.floor((milligrams * price) / 1_000_000 + 0.5)
      expect(scale.massFor(money, price) * 1000).toBeLessThanOrEqual(milligrams)
    }
  })
})
