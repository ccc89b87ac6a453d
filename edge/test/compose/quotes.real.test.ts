import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { startQuotes } from '../../src/compose/start-quotes.ts'
import { eventually } from '../support/child-process.ts'
import { keptLog } from '../support/silent-parts.ts'
import { bothFree, stationWorld } from '../support/station-world.ts'

it('a walk-in behind others is promised a wait, and a longer queue a longer one', async () => {
  const world = await stationWorld()
  const clock = manualClock()
  const { log, lines } = keptLog()
  const walkIns = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1)
      await world.run('walkIn.open', {
        vehicleClass: 'auto',
        by: '00000001-0000-7000-8000-00000000a001' as never,
        positions: bothFree,
      })
  }
  const promised = async (): Promise<number> => {
    const link = { up: false, lastExchangeMs: null }
    const view = await world.run('view.read', { positions: bothFree, link })
    return view.walkInWait.medianMs
  }
  await walkIns(4)
  const quotes = startQuotes({ ledger: world.ledger, clock, log })
  const first = await eventually(promised, { what: 'the first quote' })
  await walkIns(12)
  await eventually(
    async () => {
      // Only between two rounds: a question under way has a deadline on the same clock.
      if (clock.pendingTimers().join() === 'next quotes') clock.advance(seconds(5))
      return (await promised()) > first
    },
    { what: 'a longer wait for a longer queue' },
  )
  await quotes.stop()
  expect(lines).toEqual([])
})
