import { present } from '@baari/shared/faults/assert'
import { amountFor, paisePerKg } from '@baari/shared/units/money'
import { startFreshWorld, type FreshWorld } from '../dev/world/fresh-world.ts'
import { dayWithoutCloud } from './offline-day/day-without-cloud.ts'
import { allSame, type DayTotals } from './offline-day/compare-ledgers.ts'
import { figureTable, scanTable } from './offline-day/day-tables.ts'
import { bothLedgers, killCloud } from './offline-day/line-to-cloud.ts'
import { openForBusiness } from './offline-day/open-for-business.ts'
import { wrongOnes, type PlayedScan } from './offline-day/planned-scan.ts'
import type { Scene, SceneContext } from './scene.ts'

/** A simulated dispenser that fills in seconds; its bytes are those of a slow one. */
const flowGramsPerSecond = 4_000

/**
 * A day without the cloud: its process is killed, forty scans are answered, five vehicles are
 * filled, and when it is back both ledgers are the same by count, grams, paise and hash chain.
 */
export const scene: Scene = {
  name: 'offline-day',
  async run({ say }: SceneContext) {
    const world = await startFreshWorld({ name: 'offline-day', flowGramsPerSecond, say })
    try {
      await playDay(world, say)
    } finally {
      await world.stop()
    }
  },
}

async function playDay(world: FreshWorld, say: (line: string) => void): Promise<void> {
  const open = await openForBusiness(world)
  say('bookings sold and followed by the node; shift open')
  await killCloud(world, open)
  say('cloud killed; the station goes on alone')
  const { scans, fills, walkIns } = await dayWithoutCloud(open)
  for (const line of scanTable(scans)) say(line)
  await world.startCloud()
  say('cloud is back')
  const price = paisePerKg(present(fills[0], 'a fill').pricePaisePerKg)
  const day: DayTotals = {
    fills: fills.length,
    grams: fills.reduce((sum, { deliveredGrams }) => sum + deliveredGrams, 0),
    amountPaise: fills.reduce((sum, fill) => sum + amountFor(fill.deliveredGrams, price), 0),
    checkIns: scans.filter(({ view }) => claims.has(view.verdict)).length,
    failedScans: scans.filter(({ view }) => !claims.has(view.verdict)).length,
    walkIns,
  }
  const figures = await bothLedgers(open, day)
  for (const line of figureTable(figures)) say(line)
  judge(scans, allSame(figures))
}

const claims: ReadonlySet<string> = new Set(['ADMIT', 'LATE'])

function judge(scans: readonly PlayedScan[], same: boolean): void {
  const wrong = wrongOnes(scans)
  if (scans.length !== 40) throw new Error(`${scans.length} scans were played, not 40`)
  if (wrong.length > 0) throw new Error(`${wrong.length} of 40 scans were answered otherwise`)
  if (!same) throw new Error('the ledgers of station and cloud differ')
}
