import { noGrams, type Grams } from '@baari/shared/units/mass'
import {
  accountRow,
  continues,
  differenceOf,
  installed,
  runningOf,
  type NozzleAccount,
} from '../../domain/fill/fill-books.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { Fills, NozzleRecord } from '../../ports/fills.ts'
import type { CommandContext } from '../../ports/ledger.ts'

export type NozzleBooks = NozzleAccount & {
  readonly key: NozzleKey
  readonly totaliserGrams: Grams
  /** Gas of the open fill or the running orphan. */
  readonly openGrams: Grams
  /** Gas that the totaliser shows and the books do not know: 0, or something is wrong. */
  readonly differenceGrams: Grams
  /** Pieces of the log that do not begin where the one before ended. */
  readonly gaps: number
  /** The stored sums equal the sums over the log. */
  readonly sumsAgree: boolean
}

/**
 * The invariant of the fill log, per nozzle and to the gram, made anew from its rows: settled +
 * orphan + open (disputes included) = totaliser now - totaliser at installation.
 */
export function fillBooks(tx: { readonly fills: Fills }): readonly NozzleBooks[] {
  return tx.fills.nozzles().map((record) => booksOf(tx.fills, record))
}

/** `fill.books`: the same as a command. */
export function readBooks(
  tx: { readonly fills: Fills },
  _input: object,
  _context: CommandContext,
): readonly NozzleBooks[] {
  return fillBooks(tx)
}

/** True when nothing of a nozzle's books is in doubt. */
export function booksHold({ differenceGrams, gaps, sumsAgree }: NozzleBooks): boolean {
  return differenceGrams === 0 && gaps === 0 && sumsAgree
}

function booksOf(fills: Fills, { setup, account, last }: NozzleRecord): NozzleBooks {
  const key = { position: setup.position, nozzle: setup.nozzle }
  let gaps = 0
  let sum = installed(account.installedGrams)
  for (const row of fills.bookRows(key)) {
    if ('meter' in row && !continues(sum, row.meter)) gaps += 1
    sum = accountRow(sum, row)
  }
  const open = fills.open(key)
  const running = open === undefined ? null : runningOf(open.state)
  if (running !== null && !continues(sum, running)) gaps += 1
  return {
    ...sum,
    key,
    totaliserGrams: last.totaliserGrams,
    openGrams: running?.deliveredGrams ?? noGrams,
    differenceGrams: differenceAt(sum, { running, now: last.totaliserGrams }),
    gaps,
    sumsAgree: JSON.stringify(sum) === JSON.stringify(account),
  }
}

/** The books against the newest reading; between pieces the reading itself is where they end. */
function differenceAt(
  account: NozzleAccount,
  { running, now }: { readonly running: ReturnType<typeof runningOf>; readonly now: Grams },
): Grams {
  const shown = running ?? {
    openingGrams: now,
    latestGrams: now,
    deliveredGrams: noGrams,
  }
  return differenceOf(account, shown)
}
