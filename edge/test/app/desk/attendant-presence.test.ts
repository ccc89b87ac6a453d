import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { attendantPresence } from '../../../src/app/desk/attendant-presence.ts'
import { goodSession, recordedDesk } from '../../support/recorded-desk.ts'

function presence() {
  const clock = manualClock()
  return { clock, ...attendantPresence(recordedDesk().desk.people, clock) }
}

it('nobody is present before the first request of a signed-in attendant', async () => {
  const { people, signedIn } = presence()
  expect(signedIn()).toBe(false)
  await people.me('00'.repeat(32))
  expect(signedIn()).toBe(false)
  await people.me(goodSession)
  expect(signedIn()).toBe(true)
})

it('presence ends with the life of a ready act', async () => {
  const { clock, people, signedIn } = presence()
  await people.me(goodSession)
  clock.advance(seconds(60))
  expect(signedIn()).toBe(true)
  clock.advance(seconds(1))
  expect(signedIn()).toBe(false)
})

it('signing out ends it at once; another session`s end does not', async () => {
  const { people, signedIn } = presence()
  await people.me(goodSession)
  await people.signOut('11'.repeat(32))
  expect(signedIn()).toBe(true)
  await people.signOut(goodSession)
  expect(signedIn()).toBe(false)
})
