import type { Me } from '@baari/shared/contracts/http/edge-api'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { attendantId } from '@baari/shared/units/names'
import { instant, millis, seconds } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { rememberedSessions } from '../../../src/app/desk/remembered-sessions.ts'
import type { People } from '../../../src/ports/station-desk.ts'

const asha: Me = {
  attendant: {
    id: attendantId('00000001-0000-7000-8000-00000000a001'),
    name: 'Asha',
    role: 'attendant',
  },
  signedInAtMs: instant(0),
}

/** People who know one session, and count how often they are asked. */
function desk() {
  const state = {
    asked: 0,
    answer: asha as Me | undefined,
    held: undefined as Promise<void> | undefined,
  }
  const people: People = {
    list: () => Promise.resolve({ attendants: [] }),
    signIn: () => Promise.reject(new Error('not asked for here')),
    async me() {
      state.asked += 1
      const { answer } = state
      await state.held
      return answer
    },
    signOut: () => Promise.resolve(),
  }
  const clock = manualClock()
  return { state, clock, people: rememberedSessions(people, clock) }
}

it('a session asked for again within five seconds is not asked of the ledger', async () => {
  const { state, clock, people } = desk()
  await people.me('s')
  clock.advance(millis(4_999))
  expect(await people.me('s')).toEqual(asha)
  expect(state.asked).toBe(1)
})

it('an attendant whom head office removed is out after five seconds', async () => {
  const { state, clock, people } = desk()
  await people.me('s')
  state.answer = undefined
  clock.advance(seconds(5))
  expect(await people.me('s')).toBeUndefined()
})

it('signing out is believed at once', async () => {
  const { state, people } = desk()
  await people.me('s')
  state.answer = undefined
  await people.signOut('s')
  expect(await people.me('s')).toBeUndefined()
})

it('an answer that was under way while somebody signed out is not remembered', async () => {
  const { state, people } = desk()
  let release = (): void => undefined
  state.held = new Promise((resolve) => (release = resolve))
  const slow = people.me('s')
  await people.signOut('s')
  release()
  await slow
  state.answer = undefined
  expect(await people.me('s')).toBeUndefined()
})

it('a cookie of nobody is asked for every time', async () => {
  const { state, people } = desk()
  state.answer = undefined
  await people.me('x')
  await people.me('x')
  expect(state.asked).toBe(2)
})

it('no more than sixty-four sessions are kept, the oldest forgotten first', async () => {
  const { state, people } = desk()
  for (let n = 0; n <= 64; n += 1) await people.me(`s${n}`)
  await people.me('s1')
  expect(state.asked).toBe(65)
  await people.me('s0')
  expect(state.asked).toBe(66)
})
