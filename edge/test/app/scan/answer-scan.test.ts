import { laneNo, stationNo } from '@baari/shared/units/names'
import { after, dayNumber, minutes } from '@baari/shared/units/time'
import { istDay } from '@baari/shared/units/ist-calendar'
import { present } from '@baari/shared/faults/assert'
import { beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../support/scan-builders.ts'
import {
  asha,
  bothFree,
  meera,
  otherBooking,
  settings,
  someBooking,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'
import { redeem } from '../../support/redeem.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
})

const verdict = async (answer: ReturnType<World['scan']>) => (await answer).view.verdict

describe('scan.decide', () => {
  it('P1 an admitted scan writes one check-in that carries the token’s booking', async () => {
    world.addBooking({ note: 'child seat' })
    const { view } = await world.scan(tokenReading(), { positions: bothFree })
    expect(view).toMatchObject({ verdict: 'ADMIT', signal: 'go', provisional: false, position: 1 })
    expect(view.facts).toMatchObject({ note: 'child seat' })
    expect(world.ops('checkin.claimed').map(({ body }) => body)).toMatchObject([
      { booking: someBooking, useNo: 1, lane: 1, verdict: 'ADMIT', rev: 1, forced: false },
    ])
  })

  it('P4 a failed scan is stored with its raw text and claims nothing', async () => {
    const { view } = await world.scan({ kind: 'text', text: 'hello' }, { raw: 'hello' })
    expect(view).toMatchObject({ verdict: 'UNKNOWN', ticket: null, undoUntilMs: null })
    const [op] = world.ops('scan.failed')
    expect(op?.body).toMatchObject({
      verdict: 'UNKNOWN',
      rawBase64: Buffer.from('hello').toString('base64'),
    })
    expect(world.ops('checkin.claimed')).toEqual([])
  })

  it('P5 a booking cancelled in local data is CANCELLED', async () => {
    world.addBooking({ state: 'cancelled' })
    expect(await verdict(world.scan(tokenReading()))).toBe('CANCELLED')
  })

  it('P6 an open payment is UNPAID, and collecting cash admits as forced', async () => {
    world.addBooking({ state: 'held', payment_mode: 'prepaid' })
    expect(await verdict(world.scan(tokenReading()))).toBe('UNPAID')
    expect(await verdict(world.scan(tokenReading(), { answer: 'collect-cash' }))).toBe('ADMIT')
    expect(world.ops('checkin.claimed')[0]?.body).toMatchObject({ forced: true })
  })

  it.each([
    ['order', { state: 'held', payment_mode: 'fleet' }],
    ['line', { state: 'active', payment_mode: 'prepaid' }],
  ] as const)('P9 a booking marked valid while unpaid by its %s is admitted', async (_by, row) => {
    world.addBooking(row)
    expect(await verdict(world.scan(tokenReading()))).toBe('ADMIT')
  })

  it('P15 a booking the cloud has as completed is USED', async () => {
    world.addBooking({ state: 'completed' })
    expect(await verdict(world.scan(tokenReading()))).toBe('USED')
  })

  it('P16 Q02 the same token on two lanes at once is one ADMIT and one PRESENT', async () => {
    const answers = await Promise.all([
      world.scan(tokenReading(), { lane: laneNo(1) }),
      world.scan(tokenReading(), { lane: laneNo(2) }),
    ])
    expect(answers.map(({ view }) => view.verdict)).toEqual(['ADMIT', 'PRESENT'])
    expect(answers[1].view.facts).toMatchObject({ lane: 1, atMs: at('09:05') })
    expect(answers[1].view.ticket?.id).toBe(answers[0].view.ticket?.id)
    expect(world.ops('checkin.claimed')).toHaveLength(1)
  })

  it.each([
    ['Q07 a token of another station', { station: stationNo(7) }, 'WRONG_STATION'],
    ['Q07 a token past its end', { notBefore: at('07:00') }, 'NO_SHOW'],
  ] as const)('%s is not admitted and says why', async (_name, claims, reason) => {
    const { view } = await world.scan(tokenReading(claims), { positions: bothFree })
    expect(view.verdict).toBe(reason)
    expect(view.signal).not.toBe('go')
    expect(world.ops('checkin.claimed')).toEqual([])
  })

  it('Q07 a forged token and a replayed one are red with their reason and open nothing', async () => {
    const forged = await world.scan({ kind: 'forged' }, { positions: bothFree })
    expect(forged.view).toMatchObject({ verdict: 'FORGED', signal: 'stop', position: null })
    const { view } = await world.scan(tokenReading())
    await redeem(world, present(view.ticket, 'ticket').id)
    const replayed = await world.scan(tokenReading(), { positions: bothFree })
    expect(replayed.view).toMatchObject({ verdict: 'USED', signal: 'stop', position: null })
    expect(world.ops('checkin.claimed')).toHaveLength(1)
  })

  it.each(['Asia/Kolkata', 'America/New_York', 'Pacific/Chatham', 'UTC'])(
    'C02 on a machine set to %s no token expires early and the moment stored is the same',
    async (zone) => {
      const before = process.env['TZ']
      process.env['TZ'] = zone
      try {
        world.goTo(at('09:30'))
        const { view } = await world.scan(tokenReading(), { positions: bothFree })
        expect(view.verdict).toBe('LATE')
        const stored = world.db.prepare('SELECT at_ms FROM gate_event').pluck().get()
        expect(stored).toBe(Date.UTC(2026, 10, 22, 4, 0))
      } finally {
        if (before === undefined) delete process.env['TZ']
        else process.env['TZ'] = before
      }
    },
  )

  it('C02 the hour that New York repeats in autumn shortens no window', async () => {
    const before = process.env['TZ']
    process.env['TZ'] = 'America/New_York'
    try {
      // 05:30 UTC is 01:30 for the first time, 06:30 UTC for the second.
      const start = at('11:00', '2026-11-01')
      world.addBooking({ window_start_ms: start, expires_ms: after(start, minutes(30)) })
      const token = tokenReading({ notBefore: start })
      world.goTo(after(start, minutes(29)))
      expect(await verdict(world.scan(token))).toBe('LATE')
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
  })

  it('P16 after the first gram the token is USED', async () => {
    const { view } = await world.scan(tokenReading())
    await redeem(world, present(view.ticket, 'ticket').id)
    expect(await verdict(world.scan(tokenReading()))).toBe('USED')
  })

  it('P18 a pass of two uses is admitted again once its first is filled', async () => {
    const pass = tokenReading({ maxUses: 2 })
    world.addBooking({ max_uses: 2 })
    const first = await world.scan(pass)
    await redeem(world, present(first.view.ticket, 'ticket').id)
    expect(await verdict(world.scan(pass))).toBe('ADMIT')
    expect(world.ops('checkin.claimed').map(({ body }) => body['useNo'])).toEqual([1, 2])
  })

  it('P19 entry, exit, exit make three events, and the exit before gas frees the use', async () => {
    await world.scan(tokenReading())
    const exits = [
      await world.scan(tokenReading(), { lane: laneNo(9) }),
      await world.scan(tokenReading(), { lane: laneNo(9) }),
    ]
    expect(exits.map(({ view }) => view.verdict)).toEqual(['ADMIT', 'ADMIT'])
    const events = world.db.prepare('SELECT direction FROM gate_event ORDER BY id').pluck().all()
    expect(events).toEqual(['entry', 'exit', 'exit'])
    expect(world.ops('gate.exited')).toHaveLength(2)
    expect(world.ops('checkin.released').map(({ body }) => body['reason'])).toEqual(['void'])
    expect(await verdict(world.scan(tokenReading()))).toBe('ADMIT')
  })

  it('P21 entry, fill, exit, entry: the last is USED and two gate events are kept', async () => {
    const { view } = await world.scan(tokenReading())
    await redeem(world, present(view.ticket, 'ticket').id)
    await world.scan(tokenReading(), { lane: laneNo(9) })
    expect(await verdict(world.scan(tokenReading()))).toBe('USED')
    expect(world.db.prepare('SELECT count(*) FROM gate_event').pluck().get()).toBe(2)
  })

  it('P30 an early vehicle gets a standby number, and its scan at s−20 keeps that place', async () => {
    world.goTo(at('08:30'))
    const early = await world.scan(tokenReading())
    expect(early.view).toMatchObject({
      verdict: 'TOO_EARLY',
      ticket: { label: 'W-1', state: 'standby' },
    })
    world.goTo(at('08:45'))
    const due = await world.scan(tokenReading())
    expect(due.view).toMatchObject({ verdict: 'ADMIT', ticket: { id: early.view.ticket?.id } })
  })

  it('P12 a no-show gets a walk-in number and no check-in', async () => {
    world.goTo(at('09:31'))
    const { view } = await world.scan(tokenReading())
    expect(view).toMatchObject({ verdict: 'NO_SHOW', ticket: { kind: 'walk-in', label: 'W-1' } })
    expect(world.ops('checkin.claimed')).toEqual([])
    const again = await world.scan(tokenReading())
    expect(again.view.ticket?.id).toBe(view.ticket?.id)
  })

  it('P33 the answer to a prompt travels in the check-in', async () => {
    world.addBooking({ prompt: 'Odometer?' })
    expect(await verdict(world.scan(tokenReading()))).toBe('PROMPT')
    expect(await verdict(world.scan(tokenReading(), { answer: '48210' }))).toBe('ADMIT')
    expect(world.ops('checkin.claimed')[0]?.body).toMatchObject({ answer: '48210' })
  })

  it('P35 a prompt given as JSON asks only whom it means', async () => {
    world.addBooking({ prompt: '{"text":"Odometer?","classes":["bus"]}' })
    expect(await verdict(world.scan(tokenReading()))).toBe('ADMIT')
  })

  it('P36 search finds by plate tail, code and name in any case, from four characters on', async () => {
    world.addBooking({ code: '482109379' })
    const find = async (text: string) => (await world.run('booking.search', { text })).length
    expect(await Promise.all(['4', '123', '1234', 'ab12', 'rAMe', '9379'].map(find))).toEqual([
      0, 0, 1, 0, 1, 1,
    ])
    await world.scan(tokenReading())
    const [found] = await world.run('booking.search', { text: 'GJ01AB1234' })
    expect(found?.redeemed).toBe(false)
  })

  it('P38 a booking known by signature alone is admitted and told to the cloud first', async () => {
    const { view } = await world.scan(tokenReading(), { raw: 'BAARI1:TOKEN' })
    expect(view).toMatchObject({ verdict: 'ADMIT', provisional: true })
    const kinds = world.allOps().map(({ kind }) => kind)
    expect(kinds.indexOf('booking.provisional')).toBeLessThan(kinds.indexOf('checkin.claimed'))
    expect(world.ops('booking.provisional')[0]?.body).toMatchObject({
      booking: someBooking,
      token: 'BAARI1:TOKEN',
    })
  })

  it('P39 the upload names the public id of the booking', async () => {
    world.addBooking()
    await world.scan(tokenReading())
    const [claimed] = world.ops('checkin.claimed')
    const entity = world.ops('entity').find(({ body }) => body['ref'] === claimed?.e)
    expect(entity?.body).toMatchObject({ type: 'booking', uuid: someBooking })
  })

  it('P41 a revision below the key set’s minimum is REVOKED', async () => {
    const reading = { ...tokenReading(), minRev: 2 } as ReturnType<typeof tokenReading>
    expect(await verdict(world.scan(reading))).toBe('REVOKED')
  })

  it('P42 a token on the block list is BLOCKED', async () => {
    world.db
      .prepare('INSERT INTO denied_token VALUES (?, 42, 256, ?)')
      .run(someBooking, 'blocked: dues')
    expect(await verdict(world.scan(tokenReading()))).toBe('BLOCKED')
  })

  it('P46 the right one of two stations is chosen and the second scan is PRESENT', async () => {
    world = await stationWorld({ serves: [stationNo(42), stationNo(43)] })
    const neighbour = tokenReading({ station: stationNo(43) })
    expect(await verdict(world.scan(neighbour))).toBe('ADMIT')
    expect(await verdict(world.scan(neighbour))).toBe('PRESENT')
  })

  it('P48 X05 an expired cylinder is refused and recorded', async () => {
    const yesterday = dayNumber(istDay(world.now()) - 1)
    const reading = tokenReading({ retestDay: yesterday })
    expect(await verdict(world.scan(reading, { managerUnlocked: true }))).toBe('CYLINDER_EXPIRED')
    expect(world.ops('scan.failed')[0]?.body).toMatchObject({ verdict: 'CYLINDER_EXPIRED' })
    expect(world.ops('checkin.claimed')).toEqual([])
  })

  it('P49 X05 a mistyped date is corrected by the manager with a photo, and by nobody else', async () => {
    world.addAttendant(asha, 'attendant')
    world.addAttendant(meera, 'manager')
    const today = istDay(world.now())
    world.addBooking({ retest_day: dayNumber(today - 300) })
    expect(await verdict(world.scan(tokenReading()))).toBe('CYLINDER_EXPIRED')
    const correction = {
      plate: 'GJ 01 AB 1234',
      retestDay: dayNumber(today + 300),
      photoSha256: 'ab'.repeat(32),
    }
    const refused = await world.run('vehicle.correct', { ...correction, by: asha })
    expect(refused).toMatchObject({ ok: false, error: { code: 'not_allowed' } })
    expect(await verdict(world.scan(tokenReading()))).toBe('CYLINDER_EXPIRED')
    await world.run('vehicle.correct', { ...correction, by: meera })
    expect(await verdict(world.scan(tokenReading()))).toBe('ADMIT')
    expect(world.ops('vehicle.recorded')[0]?.body).toMatchObject({ corrected: true, by: meera })
  })

  it('P53 a token of another station’s own key is WRONG_STATION and names it', async () => {
    const { view } = await world.scan({ kind: 'foreign', station: stationNo(7) })
    expect(view).toMatchObject({ verdict: 'WRONG_STATION', facts: { station: 7 } })
  })

  it('P54 after a re-time revision 1 is REVOKED with the new window and revision 2 admitted', async () => {
    world.addBooking({ rev: 2, window_start_ms: at('09:10') })
    const old = await world.scan(tokenReading())
    expect(old.view).toMatchObject({
      verdict: 'REVOKED',
      facts: { windowStartMs: at('09:10') },
    })
    expect(await verdict(world.scan(tokenReading({ rev: 2, notBefore: at('09:10') })))).toBe(
      'ADMIT',
    )
  })

  it('P54 a token newer than the row moves the window the row still has', async () => {
    world.addBooking({ window_start_ms: at('06:00') })
    expect(await verdict(world.scan(tokenReading({ rev: 2 })))).toBe('ADMIT')
  })

  it('P56 with an uncertain clock a scan at s+12 joins the booked queue', async () => {
    world.distrustClock()
    world.goTo(at('09:12'))
    const { view } = await world.scan(tokenReading())
    expect(view).toMatchObject({ verdict: 'ADMIT', facts: { clock: 'uncertain' } })
    expect(view.ticket?.kind).toBe('booked')
  })

  it('a station delay keeps a token valid that would be a no-show', async () => {
    await world.run('station.raiseDelay', { delayMs: minutes(15) })
    world.goTo(at('09:40'))
    expect(await verdict(world.scan(tokenReading()))).toBe('LATE')
    await world.run('station.raiseDelay', { delayMs: minutes(5) })
    expect(await verdict(world.scan(tokenReading({ booking: otherBooking })))).toBe('LATE')
  })

  it('a scan sent twice under one id is answered from the row', async () => {
    const scan = '00000003-0000-7000-8000-000000000001'
    const first = await world.scan(tokenReading(), { scan, positions: bothFree })
    const second = await world.scan(tokenReading(), { scan, positions: bothFree })
    expect(second.view).toEqual(first.view)
    expect([first.calls.length, second.calls.length]).toEqual([1, 0])
  })

  it('a lane the station file does not know admits nobody', async () => {
    const { view } = await world.scan(tokenReading(), { lane: laneNo(77) })
    expect(view).toMatchObject({ verdict: 'ERROR', signal: 'stop', facts: { lane: 77 } })
    expect(world.ops('checkin.claimed')).toEqual([])
  })

  it('a plate in the lane finds its booking', async () => {
    world.addBooking()
    expect(await verdict(world.scan({ kind: 'text', text: 'gj-01-ab-1234' }))).toBe('ADMIT')
  })
})

it('the settings given at a start replace those of the last', async () => {
  expect(await world.run('station.configure', settings)).toEqual({ changed: false })
  const renamed = { ...settings, name: 'Bandra' }
  expect(await world.run('station.configure', renamed)).toEqual({ changed: true })
})
