import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { commandId, fillId } from '@baari/shared/units/names'
import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { nozzleNo, type FlowEvent, type SaleEvent } from '../../src/ports/dispenser.ts'
import { createDartPumpDecoder } from '../../src/protocols/wayne-dart/frame-codec.ts'
import type { HostPart } from '../../src/protocols/wayne-dart/parts.ts'
import { dartOnMemory, type DartOptions } from '../rigs/dart-on-memory.ts'
import { pass } from '../rigs/turn-clock.ts'

const nozzle = nozzleNo(1)
const ids = countingIds(2)

const newCommand = () => ({ cmdId: commandId(ids.uuid()), nozzle })
const authorisation = (clock: { mono(): Mono }, limitGrams = 2_000) => ({
  ...newCommand(),
  fillId: fillId(ids.uuid()),
  limitGrams: grams(limitGrams),
  pricePaisePerKg: paisePerKg(7_900),
  expiresAtMono: monoAfter(clock.mono(), millis(60_000)),
})

/** What the host's blocks say, in order, without the questions of the rounds. */
function commandsIn(sent: readonly Uint8Array[]): readonly HostPart[] {
  const decoder = createDartPumpDecoder()
  const frames = sent.flatMap((bytes) => decoder.feed(bytes))
  return frames.flatMap((item) =>
    item.kind === 'frame' && item.frame.kind === 'data' && item.frame.parts.length === 1
      ? item.frame.parts
      : [],
  )
}

async function started(options: DartOptions = {}) {
  const rig = dartOnMemory(options)
  const sales: SaleEvent[] = []
  const flows: FlowEvent[] = []
  rig.dispenser.on('sale', (event) => sales.push(event))
  rig.dispenser.on('flow', (event) => flows.push(event))
  await rig.dispenser.start()
  await rig.eventually(() => rig.dispenser.status(nozzle).quality === 'good', 'good')
  const inState = (state: string) =>
    rig.eventually(() => rig.dispenser.status(nozzle).value?.state === state, state)
  return { ...rig, sales, flows, inState }
}

describe('what may move gas', () => {
  it.each<[string, DartOptions]>([
    ['the device is in poll mode', { config: { mode: 'poll' } }],
    ['the station is not in control', { stationControl: false }],
  ])('nothing is commanded when %s', async (_, options) => {
    const { dispenser, clock, done, sent } = await started(options)
    for (const command of [
      dispenser.authorise(authorisation(clock)),
      dispenser.stop(newCommand()),
      dispenser.setPrice({ ...newCommand(), pricePaisePerKg: paisePerKg(8_000) }),
    ]) {
      expect(await done(command)).toMatchObject({ ok: false, error: { code: 'dispenser_refused' } })
    }
    expect(commandsIn(sent)).toEqual([])
  })

  it('an authorise is price, nozzle, preset and authorise, each in a block of its own', async () => {
    const { dispenser, clock, done, sent } = await started()
    const order = { ...authorisation(clock, 8_000), pricePaisePerKg: paisePerKg(8_150) }
    expect(await done(dispenser.authorise(order))).toMatchObject({ ok: true })
    expect(commandsIn(sent)).toEqual([
      { kind: 'price-update', priceCounts: [8_150] },
      { kind: 'allowed-nozzles', nozzles: [1] },
      { kind: 'preset-volume', volumeCounts: 8_000 },
      { kind: 'command', command: 'authorise' },
    ])
  })

  it('a price that the pump shows already is not sent again', async () => {
    const { dispenser, clock, done, sent } = await started()
    await done(dispenser.authorise(authorisation(clock)))
    expect(commandsIn(sent).map(({ kind }) => kind)).not.toContain('price-update')
  })

  it('with two decimals a limit is rounded down to what the display can show', async () => {
    const { dispenser, head, clock, done } = await started({ countGrams: 10 })
    await done(dispenser.authorise(authorisation(clock, 2_347)))
    expect(head.model.authorisation?.limitGrams).toBe(2_340)
  })

  it('a limit below one count of the display is refused and nothing is authorised', async () => {
    const { dispenser, head, clock, done, sent } = await started({ countGrams: 10 })
    expect(await done(dispenser.authorise(authorisation(clock, 9)))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
    expect(commandsIn(sent)).toEqual([])
    expect(head.state()).toBe('idle')
  })

  it('an acknowledged authorise that the pump does not obey is taken back and refused', async () => {
    const { dispenser, head, clock, done, sent } = await started()
    head.setManualMode(true)
    expect(await done(dispenser.authorise(authorisation(clock)))).toMatchObject({
      ok: false,
      error: { code: 'dispenser_refused' },
    })
    expect(commandsIn(sent).at(-1)).toEqual({ kind: 'command', command: 'stop' })
  })

  it('a pump that refuses every block is no definite no', async () => {
    const { dispenser, head, clock, done } = await started()
    head.setFault('busy')
    const answer = await done(dispenser.authorise(authorisation(clock)))
    expect(answer).toMatchObject({ ok: false, error: { code: 'bus_timeout' } })
  })

  it('an authorisation nobody used is taken back when it expires', async () => {
    const { dispenser, head, clock, done, inState, eventually } = await started()
    const expiresAtMono = monoAfter(clock.mono(), millis(5_000))
    await done(dispenser.authorise({ ...authorisation(clock), expiresAtMono }))
    await inState('authorised')
    await eventually(() => head.state() === 'idle', 'it is taken back')
    expect(clock.mono()).toBeGreaterThanOrEqual(expiresAtMono)
  })

  it('a stop overtakes an authorise that is being sent, and nothing is started after it', async () => {
    const { dispenser, head, clock, done, sent } = await started()
    const authorise = dispenser.authorise(authorisation(clock))
    await pass(clock, 25, 5)
    const stop = dispenser.stop(newCommand())
    expect(await done(stop)).toMatchObject({ ok: true })
    expect(await done(authorise)).toMatchObject({ ok: false })
    await pass(clock, 2_000)
    expect(head.state()).toBe('idle')
    const commands = commandsIn(sent)
    const stopAt = commands.findIndex((p) => p.kind === 'command' && p.command === 'stop')
    expect(commands.slice(stopAt + 1)).toEqual([])
  })
})

describe('a dirty line', () => {
  it('S01 noise around a reply costs no reading and is counted', async () => {
    const { dispenser, head, clock, bus, eventually } = await started()
    head.trouble.distort = (bytes) => Uint8Array.of(0x00, 0xff, ...bytes, 0x13)
    const before = dispenser.status(nozzle).mono
    await eventually(
      () => dispenser.status(nozzle).mono > monoAfter(before, millis(1_000)),
      'later',
    )
    expect(bus.stats().noiseBytes).toBeGreaterThan(5)
    await pass(clock, 500)
    expect(dispenser.status(nozzle).value?.state).toBe('idle')
  })

  it('S02 a status that needed a second attempt is uncertain, and good again with the next clean one', async () => {
    const { dispenser, head, eventually, bus } = await started()
    let damaged = 0
    head.trouble.distort = (bytes) => {
      if (bytes.length < 10 || damaged > 0) return bytes
      damaged += 1
      return bytes.map((byte, index) => (index === 5 ? byte ^ 4 : byte))
    }
    await eventually(() => dispenser.status(nozzle).quality === 'uncertain', 'uncertain')
    await eventually(() => dispenser.status(nozzle).quality === 'good', 'good again')
    expect(bus.stats().damagedFrames).toBe(1)
  })

  it('S02 a block of ours that the pump found damaged is sent again under its number', async () => {
    const { dispenser, head, clock, done, near } = await started()
    const write = near.write.bind(near)
    let spoiled = 0
    near.write = (bytes) => {
      const isPreset = bytes[2] === 3 && spoiled === 0
      if (isPreset) spoiled += 1
      return write(isPreset ? bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) : bytes)
    }
    expect(await done(dispenser.authorise(authorisation(clock)))).toMatchObject({ ok: true })
    expect(spoiled).toBe(1)
    expect(head.model.authorisation?.limitGrams).toBe(2_000)
  })

  it('S02 of 400 totals on a line that flips one byte in 500 none is wrong', async () => {
    const { dispenser, head, done } = dartOnMemory()
    const prng = seededPrng(5)
    head.trouble.distort = (bytes) =>
      bytes.map((byte) => (prng.next() < 0.002 ? byte ^ (1 << Math.floor(prng.next() * 8)) : byte))
    const truth = head.totaliserGrams()
    let right = 0
    for (let read = 0; read < 400; read += 1) {
      const totals = await done(dispenser.totals(nozzle))
      if (!totals.ok) continue
      expect(totals.value.grams).toBe(truth)
      right += 1
    }
    expect(right).toBeGreaterThan(350)
  })

  it('S03 replies that come byte by byte are joined, and a torn one is never read', async () => {
    const { dispenser, head, clock, far, eventually } = await started()
    const write = far.write.bind(far)
    let torn = 0
    far.write = (bytes) => {
      const cut = bytes.length > 20 && torn === 0 ? bytes.length - 7 : bytes.length
      if (cut < bytes.length) torn += 1
      bytes.subarray(0, cut).forEach((byte, index) => {
        clock.after('byte', millis(index), () => void write(Uint8Array.of(byte)))
      })
      return true
    }
    await eventually(() => torn === 1, 'a torn reply')
    await pass(clock, 3_000)
    const { quality, value } = dispenser.status(nozzle)
    expect([quality, value?.totaliserGrams]).toEqual(['good', head.totaliserGrams()])
  })

  it('S05 with every third reply late no total is wrong, and the pump is polled on', async () => {
    const { dispenser, head, done, bus, clock } = await started()
    head.trouble.delayMs = (nth) => millis(nth % 3 === 0 ? 300 : 5)
    head.vehicleArrives(grams(900_000))
    let before = head.totaliserGrams()
    let right = 0
    for (let read = 0; read < 200; read += 1) {
      const asked = head.totaliserGrams()
      const totals = await done(dispenser.totals(nozzle))
      await pass(clock, 50)
      if (!totals.ok) continue
      expect(totals.value.grams).toBeGreaterThanOrEqual(Math.max(before, asked))
      expect(totals.value.grams).toBeLessThanOrEqual(head.totaliserGrams())
      before = totals.value.grams
      right += 1
    }
    expect(right).toBeGreaterThan(20)
    expect(bus.stats().lateReplies).toBeGreaterThan(10)
  })

  it('S13 a dead pump on the line costs the living one little', async () => {
    const { dispenser, bus, clock, eventually } = await started()
    void bus.exchange({
      forms: [{ kind: 'poll', address: 0x5f }],
      priority: 'poll',
      timeoutMs: millis(120),
      retries: 0,
      deadline: monoAfter(clock.mono(), millis(1_000)),
    })
    const before = dispenser.status(nozzle).mono
    await eventually(() => dispenser.status(nozzle).mono > monoAfter(before, millis(900)), 'frames')
    expect(dispenser.health().state).toBe('online')
  })
})

describe('sales', () => {
  it('D06 a link lost while filling and back after the nozzle was hung up tells the sale once', async () => {
    const { head, clock, near, done, dispenser, sales, inState, eventually } = await started()
    head.vehicleArrives(grams(1_500))
    await done(dispenser.authorise(authorisation(clock)))
    head.liftNozzle()
    await inState('fuelling')
    near.plug('opening')
    await pass(clock, 30_000, 50)
    expect(dispenser.status(nozzle).quality).toBe('stale')
    head.hangUp()
    near.plug('open')
    await eventually(() => sales.length === 1, 'the sale')
    await pass(clock, 3_000)
    expect(sales.map(({ sale, missedSales }) => [sale.grams, missedSales])).toEqual([[1_500, 0]])
  })

  it('D02 a replaced meter is told as it is and makes no sale', async () => {
    const { dispenser, head, clock, sales } = await started()
    head.replaceMeter(grams(50))
    await pass(clock, 2_000)
    expect(dispenser.status(nozzle)).toMatchObject({
      quality: 'good',
      value: { totaliserGrams: 50 },
    })
    expect(sales).toEqual([])
  })

  it('D08 an authorise repeated after its sale was over starts no second one', async () => {
    const { dispenser, head, clock, near, done, inState } = await started()
    const order = authorisation(clock, 1_000)
    head.vehicleArrives(grams(5_000))
    const lost = dispenser.authorise(order)
    const isAuthorise = (bytes: Uint8Array) => bytes[2] === 1 && bytes[4] === 6
    const write = near.write.bind(near)
    // The line breaks in the moment in which the pump has the command.
    near.write = (bytes) => {
      const written = write(bytes)
      if (isAuthorise(bytes)) clock.after('cut', millis(1), () => near.plug('opening'))
      return written
    }
    expect(await done(lost)).toMatchObject({ ok: false })
    near.write = write
    head.liftNozzle()
    await pass(clock, 20_000, 50)
    expect(head.model.sequence).toBe(1)
    near.plug('open')
    await inState('completed')
    expect(await done(dispenser.authorise(order))).toMatchObject({ ok: true })
    await pass(clock, 2_000)
    expect(head.state()).toBe('completed')
    expect(head.model.sequence).toBe(1)
  })

  it('D13 D15 equal sales whose own numbers wrap are told apart by their opening totals', async () => {
    const { dispenser, head, clock, done, sales, inState, eventually } = await started()
    head.become({ ...head.model, sequence: 0xffff_ffff })
    for (const count of [1, 2]) {
      head.vehicleArrives(grams(1_000))
      await done(dispenser.authorise(authorisation(clock, 1_000)))
      head.liftNozzle()
      await eventually(() => sales.length === count, `sale ${count}`)
      head.hangUp()
      await done(dispenser.close(newCommand()))
      await inState('idle')
    }
    const openings = sales.map(({ sale }) => sale.openingTotalGrams)
    expect((openings[1] ?? 0) - (openings[0] ?? 0)).toBe(1_000)
  })

  it('D14 the raw byte of an unknown state is in the fault', async () => {
    const { dispenser, head, inState } = await started()
    head.setFault('unknown-state')
    await inState('fault')
    expect(dispenser.faults()[0]?.fault.hint).toContain('01 01 03')
  })

  it('a sale from before the start is found in the display, with its opening total', async () => {
    const rig = dartOnMemory()
    rig.head.setManualMode(true)
    const opening = rig.head.totaliserGrams()
    rig.head.vehicleArrives(grams(1_200))
    rig.head.liftNozzle()
    await rig.eventually(() => rig.head.model.vehicleRoomMilligrams === 0, 'full')
    rig.head.hangUp()
    await rig.dispenser.start()
    expect(await rig.done(rig.dispenser.lastSale(nozzle))).toMatchObject({
      ok: true,
      value: { grams: 1_200, openingTotalGrams: opening, sequence: 0 },
    })
  })

  it('several sales behind a broken link are told as one with others missed', async () => {
    const { dispenser, head, clock, near, sales, eventually } = await started()
    head.setManualMode(true)
    near.plug('opening')
    for (const wants of [1_000, 2_500]) {
      head.vehicleArrives(grams(wants))
      head.liftNozzle()
      await eventually(() => head.model.vehicleRoomMilligrams === 0, 'full')
      head.hangUp()
    }
    near.plug('open')
    await eventually(() => sales.length === 1, 'the sale')
    await pass(clock, 1_000)
    expect(dispenser.status(nozzle).quality).toBe('good')
    expect(sales.map(({ sale, missedSales }) => [sale.grams, missedSales])).toEqual([[2_500, 1]])
  })
})
