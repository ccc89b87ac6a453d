import { dayText, type DayFigures, type MeterBook } from '@baari/shared/domain/sync/day-close'
import { digestOfDay, type DayBuckets } from '@baari/shared/domain/sync/digest'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { NozzleRecord } from '../../ports/fills.ts'

type Tx = Pick<LedgerTx, 'digests' | 'fills' | 'outbox'>

/** Sets whose rows the station alone makes: a signed day of them never changes at the cloud. */
const ownSets = ['fills', 'payments', 'sales'] as const
const noBuckets: DayBuckets = new Map()

/** What the station signs of a day: roots, sales, and each nozzle's books by its totaliser. */
export function readFigures(
  tx: Tx,
  { day }: { readonly day: number },
  _context: CommandContext,
): DayFigures {
  const roots = ownSets.map((set) => {
    const buckets = tx.digests.buckets({ set, from: day, to: day }).get(day) ?? noBuckets
    const { n, root } = digestOfDay(day, buckets, tx.digests.hash)
    return { set, n, root }
  })
  const meters = tx.fills.nozzles().map(bookOf)
  return { day, roots: roots.filter(({ n }) => n > 0), ...tx.digests.soldOn(day), meters }
}

function bookOf({ setup, account }: NozzleRecord): MeterBook {
  const { position, nozzle } = setup
  const { accountedGrams: totaliserGrams, installedGrams, rolledGrams } = account
  const { settledGrams, orphanGrams, disputedGrams, resetGrams } = account
  return {
    ...{ position, nozzle, totaliserGrams, installedGrams, rolledGrams },
    ...{ settledGrams, orphanGrams, disputedGrams, resetGrams },
  }
}

export type CloseDay = {
  readonly station: number
  readonly figures: DayFigures
  readonly kid: number
  readonly sig: string
}

/**
 * Keeps the signed day and tells the cloud. Where anything moved since the figures were read the
 * signature is of another state, and the day stays open for the next try.
 */
export function closeDay(
  tx: Tx,
  { station, figures, kid, sig }: CloseDay,
  context: CommandContext,
): { readonly closed: boolean } {
  const now = readFigures(tx, figures, context)
  if (dayText(station, now) !== dayText(station, figures)) return { closed: false }
  tx.digests.saveClose(figures.day, context.now.at, { ...now, kid, sig })
  // Figures were read from this ledger, so that the contract's brands hold of them.
  const body = { ...now, kid, sig } as never
  tx.outbox.append({ kind: 'day.closed', entity: { type: 'station', uuid: '' }, body })
  return { closed: true }
}

export function readLastClosed(tx: Tx, _input: null, _context: CommandContext): number | null {
  return tx.digests.lastClosed() ?? null
}

/** Days that one proof closes: as many as were proven. */
const closedAtOnce = 34

/** Days to close: from the one after the last to yesterday. A new station begins with yesterday. */
export function daysToClose(last: number | null, today: number): readonly number[] {
  const yesterday = today - 1
  const first = Math.max(last === null ? yesterday : last + 1, today - closedAtOnce)
  return Array.from({ length: Math.max(0, yesterday - first + 1) }, (_, at) => first + at)
}
