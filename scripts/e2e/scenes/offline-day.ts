import { amountFor } from '@baari/shared/units/money'
import { demoPrice } from '../../dev/world/seed.ts'
import { allSame, type DayTotals } from '../offline-day/compare-ledgers.ts'
import { dayWithoutCloud, type Day } from '../offline-day/day-without-cloud.ts'
import { figureTable, scanTable } from '../offline-day/day-tables.ts'
import { bothLedgers, killCloud } from '../offline-day/line-to-cloud.ts'
import { openForBusiness } from '../offline-day/open-for-business.ts'
import { wrongOnes, type PlayedScan } from '../offline-day/planned-scan.ts'
import type { Scene } from '../scene.ts'
import { startSceneWorld } from '../scene-world.ts'

/** A simulated dispenser that fills in seconds; its bytes are those of a slow one. */
const flowGramsPerSecond = 4_000

/**
 * A day without the cloud: its process is killed, forty scans are answered, five vehicles are
 * filled, and when it is back both ledgers are the same by count, grams, paise and hash chain.
 */
export const scene: Scene = {
  name: 'offline-day',
  shows: 'forty scans and five fills with the cloud killed; afterwards both ledgers are equal',
  async run(context) {
    const at = await startSceneWorld(context, { flowGramsPerSecond })
    context.step('bookings are sold and followed by the node, the shift is opened')
    const open = await openForBusiness(at, context)
    context.step('the cloud is killed; the station goes on alone')
    await killCloud(at.world, open)
    const day = await dayWithoutCloud(open)
    for (const line of scanTable(day.scans)) context.note(line)
    context.step('the cloud is back')
    await at.world.startCloud()
    const figures = await bothLedgers(open, totalsOf(day))
    for (const line of figureTable(figures)) context.note(line)
    judge(day.scans, allSame(figures))
  },
}

const claims: ReadonlySet<string> = new Set(['ADMIT', 'LATE'])

function totalsOf({ scans, fills, walkIns }: Day): DayTotals {
  const claimed = scans.filter(({ view }) => claims.has(view.verdict)).length
  return {
    fills: fills.length,
    grams: fills.reduce((sum, gas) => sum + gas, 0),
    amountPaise: fills.reduce((sum, gas) => sum + amountFor(gas, demoPrice), 0),
    checkIns: claimed,
    failedScans: scans.length - claimed,
    walkIns,
  }
}

function judge(scans: readonly PlayedScan[], same: boolean): void {
  const wrong = wrongOnes(scans)
  if (scans.length !== 40) throw new Error(`${scans.length} scans were played, not 40`)
  if (wrong.length > 0) throw new Error(`${wrong.length} of 40 scans were answered otherwise`)
  if (!same) throw new Error('the ledgers of station and cloud differ')
}
