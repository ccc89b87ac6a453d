import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { delayText } from '@baari/shared/domain/dispatch/delay-amendment'
import { istDay } from '@baari/shared/units/ist-calendar'
import { bookingId } from '@baari/shared/units/names'
import { instant, millis, minutes } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { signDelays } from '../../../src/app/station/sign-delays.ts'
import { at } from '../../support/scan-builders.ts'
import {
  bothClosed,
  position,
  settings,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
})

const booking = (n: number) =>
  bookingId(`00000001-0000-7000-8000-0000000c${String(n).padStart(4, '0')}`)
/** One position works and somebody fills there. */
const busy = [position(1, { state: 'filling' }), position(2, { state: 'closed' })]

/** So many booked autos have come to windows that begin now. */
async function booked(count: number, from = 0, start = '09:00') {
  for (let n = from; n < from + count; n += 1) {
    await world.scan(tokenReading({ booking: booking(n), notBefore: at(start) }))
  }
}

const dispatch = (positions = busy) => world.run('queue.dispatch', { positions })
const told = () =>
  world.db.prepare('SELECT delay_ms / 60000 FROM station_delay ORDER BY delay_ms').pluck().all()
const verdict = async (n: number, start: string) =>
  (await world.scan(tokenReading({ booking: booking(n), notBefore: at(start) }))).view.verdict

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const seal = {
  kid: 142,
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
}

describe('J9(d) a station that runs late', () => {
  it('raises its delay by itself, in steps of five minutes, and never for the same queue twice', async () => {
    await booked(3)
    await dispatch()
    // Four starts of three minutes each until the window that begins now.
    expect(told()).toEqual([5])
    await dispatch()
    expect(told()).toEqual([5])
    await booked(6, 3)
    await dispatch()
    expect(told()).toEqual([5, 10, 15, 20, 25])
  })

  it('an empty line raises nothing, with every position closed too', async () => {
    await dispatch()
    await dispatch(bothClosed)
    expect(told()).toEqual([])
  })

  it('a token is valid longer by what was told, without a link, and keeps that when the line has gone', async () => {
    await world.run('station.raiseDelay', { delayMs: minutes(15) })
    world.goTo(at('09:44'))
    expect(await verdict(70, '09:00')).toBe('LATE')
    world.goTo(at('09:46'))
    expect(await verdict(71, '09:00')).toBe('NO_SHOW')
    // In the evening the line is gone; a window of that day keeps what the day was told.
    world.goTo(at('18:24'))
    expect(await verdict(72, '18:00')).toBe('ADMIT')
  })

  it('a window of the evening keeps its minutes after midnight; the next day begins without', async () => {
    world.goTo(at('23:45'))
    await world.run('station.raiseDelay', { delayMs: minutes(15) })
    world.goTo(at('00:26', '2026-11-23'))
    expect(await verdict(70, '23:40')).toBe('NO_SHOW')
    const night = tokenReading({ booking: booking(71), notBefore: at('23:50') })
    expect((await world.scan(night)).view.verdict).toBe('LATE')
    const next = tokenReading({ booking: booking(72), notBefore: at('00:05', '2026-11-23') })
    expect((await world.scan(next)).view.verdict).toBe('LATE')
  })

  it('is signed by the station’s key and told to the cloud once, whoever asks how often', async () => {
    await booked(3)
    await dispatch()
    expect(world.ops('delay.raised')).toEqual([])
    expect(await signDelays(world.ledger, seal)).toBe(1)
    expect(await signDelays(world.ledger, seal)).toBe(0)
    const ops = world.ops('delay.raised')
    expect(ops).toHaveLength(1)
    const body = ops[0]?.body ?? {}
    expect(body).toMatchObject({ day: istDay(world.now()), delayMs: minutes(5), kid: 142 })
    const raised = {
      day: istDay(world.now()),
      delayMs: millis(Number(body['delayMs'])),
      fromMs: instant(Number(body['fromMs'])),
    }
    const text = Buffer.from(delayText(settings.no, raised))
    expect(verify(null, text, publicKey, Buffer.from(String(body['sig']), 'base64url'))).toBe(true)
  })

  it('gives nobody a strike whose window the station was late for, and excuses no window after it', async () => {
    world.addBooking({ id: booking(80), plate: 'GJ01AB0080' })
    world.addBooking({
      id: booking(81),
      plate: 'GJ01AB0081',
      window_start_ms: at('15:00'),
      expires_ms: at('15:30'),
    })
    await booked(6)
    await dispatch()
    world.goTo(at('09:50'))
    await world.run('booking.sweepNoShows', {})
    world.goTo(at('16:00'))
    await world.run('booking.sweepNoShows', {})
    const excuses = world.ops('booking.no_show').map(({ body }) => body['excused'])
    expect(excuses).toEqual(['station_late', null])
  })

  it('counts for the wait of a walk-in: vehicles that come later take no turn now', async () => {
    world.addBooking({ id: booking(90), window_start_ms: at('09:10'), expires_ms: at('09:40') })
    await booked(6)
    await dispatch()
    const facts = await world.run('queue.waitFacts', {})
    expect(facts.bookings.map(({ windowStart }) => windowStart)).toEqual([at('09:20')])
  })

  it('who comes at the first hour to a station that has caught up is not made to wait', async () => {
    await world.run('station.raiseDelay', { delayMs: minutes(30) })
    world.goTo(at('17:58'))
    const { view } = await world.scan(
      tokenReading({ booking: booking(70), notBefore: at('18:00') }),
      { positions: [position(1), position(2)] },
    )
    expect(view).toMatchObject({ verdict: 'ADMIT', ticket: { state: 'called' } })
  })
})
