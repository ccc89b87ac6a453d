import { beforeEach, describe, expect, it } from 'vitest'
import { ashasPin, meerasPin, openStation, type OpenStation } from '../../support/open-station.ts'
import { asha } from '../../support/station-world.ts'

let station: OpenStation
let cookie: string

async function open(uplink: string): Promise<void> {
  station = await openStation({ uplink })
  cookie = await station.cookie(asha, ashasPin)
}

async function reopen(managerPin: string, key = 'reopen-key-0001') {
  const answer = await station.door.write(
    '/v1/sync/reopen',
    { managerPin },
    { cookie, 'idempotency-key': key },
  )
  const text = await answer.text()
  const code = text === '' ? null : (JSON.parse(text) as { readonly code: string }).code
  return { status: answer.status, code, reopened: station.reopened() }
}

const audits = (): readonly unknown[] =>
  station.world.db.prepare("SELECT by, about FROM audit WHERE what = 'sync.reopened'").all()

describe('a fenced link at the kiosk', () => {
  beforeEach(() => open('fenced'))

  it('opens by the manager’s PIN, and the act is written down', async () => {
    expect(await reopen(meerasPin)).toEqual({ status: 204, code: null, reopened: 1 })
    expect(audits()).toEqual([{ by: asha, about: 'fenced' }])
  })

  it('an attendant’s PIN opens nothing', async () => {
    expect(await reopen(ashasPin)).toMatchObject({ code: 'wrong_pin', reopened: 0 })
    expect(audits()).toEqual([])
  })

  it('the same request delivered twice opens it once', async () => {
    await reopen(meerasPin)
    expect(await reopen(meerasPin)).toMatchObject({ status: 204, reopened: 1 })
  })

  it('nobody opens it without being signed in', async () => {
    cookie = 'baari_attendant=nobody'
    expect(await reopen(meerasPin)).toMatchObject({ status: 401, reopened: 0 })
  })

  it('the link page is told that it waits for a person', async () => {
    const status = await station.door.ask('/v1/sync-status', { headers: { cookie } })
    expect(await status.json()).toMatchObject({ uplink: 'fenced' })
  })
})

it('a link that goes on by itself needs nobody', async () => {
  await open('offline')
  expect(await reopen(meerasPin)).toMatchObject({ status: 409, code: 'link_open', reopened: 0 })
})
