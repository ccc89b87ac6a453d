import { NotInTime, waitUntil } from '../../clients/wait-until.ts'
import type { World } from '../../dev/world/start-world.ts'
import { demoStation } from '../../dev/world/seed.ts'
import { allSame, compareLedgers, type DayTotals, type Figure } from './compare-ledgers.ts'
import type { OpenStation } from './open-for-business.ts'

const catchUpMs = 60_000

/** SIGKILL, as a power cut at the cloud: nothing is flushed, nobody says goodbye. */
export async function killCloud(world: World, { feed }: OpenStation): Promise<void> {
  const { cloud } = world.parts
  const pid = cloud.pid()
  const stopped = cloud.stop()
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  await stopped
  await feed.until('the lost line on the screen', ({ link }) => (link.up ? undefined : true))
}

/** Both ledgers as soon as they are equal, or as they stand when the bound is over. */
export async function bothLedgers(
  { node, operator }: OpenStation,
  day: DayTotals,
): Promise<readonly Figure[]> {
  const office = await operator()
  let figures: readonly Figure[] = []
  try {
    await waitUntil({ what: 'equal ledgers', withinMs: catchUpMs, everyMs: 250 }, async () => {
      const [ours, theirs] = [await node.syncStatus(), await office.ledger(demoStation.no)]
      figures = compareLedgers(day, ours, theirs)
      return allSame(figures) ? true : undefined
    })
  } catch (reason) {
    // Unequal ledgers are shown figure by figure; no ledger at all is another matter.
    if (!(reason instanceof NotInTime) || figures.length === 0) throw reason
  }
  return figures
}
