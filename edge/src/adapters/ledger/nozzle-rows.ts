import type { NozzleRecord } from '../../ports/fills.ts'
import type { nozzle } from './schema/fill.ts'

type Row = typeof nozzle.$inferSelect

/** The columns hold what this file wrote: branded integers and one JSON state. */
export function recordOf(row: Row): NozzleRecord {
  return {
    setup: {
      position: row.position,
      nozzle: row.nozzle,
      type: row.type,
      meter: {
        widthGrams: row.widthGrams,
        maxFlowGramsPerS: row.maxFlowGramsPerS,
        countGrams: row.countGrams,
      },
      toleranceGrams: row.toleranceGrams,
    },
    account: {
      installedGrams: row.installedGrams,
      accountedGrams: row.accountedGrams,
      settledGrams: row.settledGrams,
      orphanGrams: row.orphanGrams,
      disputedGrams: row.disputedGrams,
      resetGrams: row.resetGrams,
      rolledGrams: row.rolledGrams,
    },
    last: {
      totaliserGrams: row.lastGrams,
      at: row.lastAt,
      boot: row.lastBoot,
      mono: row.lastMono,
    },
    resting: row.resting,
    frozen: row.frozen,
  }
}

export function rowOf({ setup, account, last, resting, frozen }: NozzleRecord): Row {
  const { meter, ...rest } = setup
  return {
    ...rest,
    ...meter,
    ...account,
    lastGrams: last.totaliserGrams,
    lastAt: last.at,
    lastBoot: last.boot,
    lastMono: last.mono,
    resting,
    frozen,
  }
}
