import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds, instant } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { rememberedSessions } from '../../../src/adapters/sync-http/remembered-sessions.ts'

function memory() {
  const clock = manualClock()
  const good = new Set(['a', 'b'])
  const asked: string[] = []
  const session = { stationNo: 42, instance: 'i', generation: 1, epoch: 'e' }
  const sessions = rememberedSessions(
    {
      byToken(token) {
        asked.push(token)
        return Promise.resolve(good.has(token) ? session : undefined)
      },
    },
    clock,
  )
  return { clock, good, asked, by: (token: string) => sessions.byToken(token, instant(0)) }
}

it('a token is asked for once in half a minute', async () => {
  const t = memory()
  for (let n = 0; n < 10; n += 1) expect(await t.by('a')).toMatchObject({ stationNo: 42 })
  expect(await t.by('b')).toMatchObject({ stationNo: 42 })
  expect(t.asked).toEqual(['a', 'b'])
})

it('a token that was taken back is refused half a minute later at the latest', async () => {
  const t = memory()
  await t.by('a')
  t.good.delete('a')
  t.clock.advance(seconds(30))
  expect(await t.by('a')).toBeUndefined()
  expect(await t.by('a')).toBeUndefined()
  expect(t.asked).toHaveLength(3)
})
