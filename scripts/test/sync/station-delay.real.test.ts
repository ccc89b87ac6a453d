import { sign } from 'node:crypto'
import { databaseOf } from '@baari/cloud/adapters/postgres/database'
import { stationDelaysOf } from '@baari/cloud/adapters/postgres/sync/delay-store'
import { tokenDelaysOf } from '@baari/cloud/adapters/postgres/token-delays'
import { verifyStationText } from '@baari/cloud/adapters/sync-http/station-signature'
import { checkDelays } from '@baari/cloud/app/sync/check-delays'
import { signDelays } from '@baari/edge/app/station/sign-delays'
import { bookingId } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addBooking } from '../../../cloud/test/support/sync-world.ts'
import { eventually } from './eventually.ts'
import { leasingStation } from './edge-node.ts'
import { chainsEqual, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(async () => {
  await fixture.close()
})

it('J9(d) a delay raised and signed while the link is down extends the tokens at the cloud once it is back', async () => {
  const { pool, stationKey } = fixture.world
  const id = bookingId('00000000-0000-7000-8000-000000000001')
  await addBooking(pool, { id })
  const start = Math.floor(Date.now() / 300_000) * 300_000
  await pool.query('UPDATE booking SET window_start_ms = $2, expires_ms = $3 WHERE id = $1', [
    id,
    start,
    start + minutes(30),
  ])
  const seal = {
    kid: 142,
    sign: (text: string) => sign(null, Buffer.from(text), stationKey).toString('base64url'),
  }
  const alone = await fixture.start({ cloudUrl: 'http://127.0.0.1:9' })
  await alone.ledger.run('station.configure', leasingStation(2))
  await alone.ledger.run('station.raiseDelay', { delayMs: minutes(20) })
  expect(await signDelays(alone.ledger, seal)).toBe(1)
  await fixture.stop(alone)

  const node = await fixture.start()
  await eventually('the op is at the cloud', () => chainsEqual(fixture.world, node))
  await checkDelays({ delays: stationDelaysOf(pool), verify: verifyStationText })
  const extended = await tokenDelaysOf(databaseOf(pool)).of([id])
  expect(extended.get(id)).toBe(minutes(20))
})
