import { minutes } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { ashasPin, meerasPin, openStation, type OpenStation } from '../../support/open-station.ts'
import { asha, meera } from '../../support/station-world.ts'

let station: OpenStation
let cookie: string
let keys = 0
beforeEach(async () => {
  station = await openStation()
  cookie = await station.cookie(asha, ashasPin)
})

function post(path: string, body: unknown, key?: string): Promise<Response> {
  keys += 1
  const idempotencyKey = key ?? `turn-key-${String(keys).padStart(4, '0')}`
  return station.door.write(path, body, { cookie, 'idempotency-key': idempotencyKey })
}

/** Three vehicles at two positions: the third waits. */
async function threeCome(): Promise<readonly string[]> {
  const ids: string[] = []
  for (let n = 0; n < 3; n += 1) {
    const answer = await post('/v1/walk-ins', { vehicleClass: 'auto' })
    ids.push(((await answer.json()) as { readonly ticket: { readonly id: string } }).ticket.id)
  }
  return ids
}

const asked = { position: 1, reason: 'breakdown', managerPin: meerasPin }
const force = async (ticket: string, change: object = {}, key?: string) => {
  const answer = await post(`/v1/tickets/${ticket}/out-of-turn`, { ...asked, ...change }, key)
  const told = (await answer.json()) as { readonly code?: string; readonly staged?: boolean }
  return { status: answer.status, ...told }
}
const forced = (): number => station.world.ops('ticket.called_out_of_turn').length

describe('a call out of turn at the door', () => {
  it('withdraws who had been called there, then sends the chosen vehicle', async () => {
    const [first, , third = ''] = await threeCome()
    expect(await force(third)).toMatchObject({ status: 200, staged: false, position: 1 })
    expect(station.acts.slice(-2)).toMatchObject([
      { act: 'release', with: first },
      { act: 'call', with: [{ ticket: third, position: 1 }] },
    ])
    expect(station.world.ops('ticket.called_out_of_turn')).toMatchObject([
      { body: { by: asha, manager: meera, note: null } },
    ])
  })

  it('delivered twice under one key is made once', async () => {
    const [, , third = ''] = await threeCome()
    const once = await force(third, {}, 'turn-key-same')
    const acts = station.acts.length
    expect(await force(third, {}, 'turn-key-same')).toEqual(once)
    expect(station.acts).toHaveLength(acts)
    expect(forced()).toBe(1)
  })

  it('a wrong PIN is counted against who typed it, and the fifth locks', async () => {
    const [, , third = ''] = await threeCome()
    const codes: unknown[] = []
    for (let n = 0; n < 5; n += 1) codes.push((await force(third, { managerPin: '0000' })).code)
    expect(codes).toEqual(['wrong_pin', 'wrong_pin', 'wrong_pin', 'wrong_pin', 'pin_locked'])
    expect(await force(third)).toMatchObject({ status: 423, code: 'pin_locked' })
    expect(forced()).toBe(0)
    station.world.advance(minutes(5))
    expect(await force(third)).toMatchObject({ status: 200 })
  })

  it('an attendant’s own PIN allows nothing', async () => {
    const [, , third = ''] = await threeCome()
    expect(await force(third, { managerPin: ashasPin })).toMatchObject({ code: 'wrong_pin' })
    expect(forced()).toBe(0)
  })

  it.each([
    ['an unknown reason', { reason: 'friend' }, [400, 'malformed']],
    ['no reason', { reason: undefined }, [400, 'malformed']],
    ['words beyond the bound', { reason: 'other', note: 'x'.repeat(121) }, [400, 'malformed']],
    ['“other” without words', { reason: 'other' }, [422, 'note_missing']],
    ['“other” with empty words', { reason: 'other', note: '  ' }, [422, 'note_missing']],
    ['a position that is none', { position: 9 }, [409, 'position_unavailable']],
  ] as const)('refuses %s', async (_what, change, [status, code]) => {
    const [, , third = ''] = await threeCome()
    expect(await force(third, change)).toMatchObject({ status, code })
    expect(forced()).toBe(0)
  })

  it('refuses a vehicle that is called already, or unknown', async () => {
    const [first = ''] = await threeCome()
    expect(await force(first)).toMatchObject({ status: 409, code: 'ticket_not_waiting' })
    const stranger = '00000000-0000-7000-8000-000000000099'
    expect(await force(stranger)).toMatchObject({ status: 404, code: 'ticket_unknown' })
  })

  it('nobody makes one without being signed in', async () => {
    const [, , third = ''] = await threeCome()
    cookie = 'baari_attendant=nobody'
    expect(await force(third)).toMatchObject({ status: 401 })
    expect(forced()).toBe(0)
  })
})
