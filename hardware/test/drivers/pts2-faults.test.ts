import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { millis, monoAfter } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { obey } from '../../src/simulators/dispenser-commands.ts'
import { pumpOnMemory } from '../rigs/pump-on-memory.ts'
import { authorisation, newCommand, nozzle, started } from '../rigs/started-pump.ts'
import { pass } from '../rigs/turn-clock.ts'

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

  it('an authorisation given a moment after a stop is ours and stays', async () => {
    const subject = await started()
    const { dispenser, head, clock, done } = subject
    for (let round = 0; round < 5; round += 1) {
      await done(dispenser.stop(newCommand()))
      expect((await done(dispenser.authorise(authorisation(subject)))).ok).toBe(true)
      await pass(clock, 3_000)
      expect(head.state()).toBe('authorised')
    }
  })

  it('an authorisation that arrives behind the stop that overtook it is taken back', async () => {
    const subject = await started()
    const { dispenser, head, clock, done, inState } = subject
    await done(dispenser.stop(newCommand()))
    // Two connections keep no order: the command came later than the stop sent after it.
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
