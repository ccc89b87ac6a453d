import { signInOperator } from '../../clients/cloud-caller.ts'
import { demoStation } from '../../dev/world/seed.ts'
import { allSame, streamFigures, type Figure } from '../offline-day/compare-ledgers.ts'
import type { SceneWorld } from '../scene-world.ts'
import { until } from '../until.ts'
import type { StationAtWork } from './station-at-work.ts'

/**
 * Waits until station and cloud have the same last sequence and hash chain of every stream: what one
 * of them wrote the other cannot have otherwise.
 */
export async function equalChains(
  { node }: StationAtWork,
  { cloudUrl, world }: SceneWorld,
): Promise<readonly Figure[]> {
  const office = await signInOperator(cloudUrl, world.secrets.operator)
  return until(
    async () => {
      const [ours, theirs] = [await node.syncStatus(), await office.ledger(demoStation.no)]
      const figures = streamFigures(ours, theirs)
      return ours.unsentOps === 0 && figures.length > 0 && allSame(figures) ? figures : undefined
    },
    { what: 'equal hash chains at station and cloud' },
  )
}
