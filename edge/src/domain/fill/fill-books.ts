import { addGrams, grams, noGrams, subtractGrams, type Grams } from '@baari/shared/units/mass'
import { isFinal, type FillRow, type FillState, type Metered } from './fill-states.ts'

/**
 * The books of one nozzle, made of its log rows alone. `accountedGrams` is the totaliser up to
 * which everything is closed; `rolledGrams` is what the counter lost by passing its width.
 */
export type NozzleAccount = {
  readonly installedGrams: Grams
  readonly accountedGrams: Grams
  readonly settledGrams: Grams
  readonly orphanGrams: Grams
  readonly disputedGrams: Grams
  /** Sum of the steps that nothing explains; at most 0. */
  readonly resetGrams: Grams
  readonly rolledGrams: Grams
}

/** Books of a nozzle whose meter stood at `total` when it was installed. */
export function installed(total: Grams): NozzleAccount {
  return {
    installedGrams: total,
    accountedGrams: total,
    settledGrams: noGrams,
    orphanGrams: noGrams,
    disputedGrams: noGrams,
    resetGrams: noGrams,
    rolledGrams: noGrams,
  }
}

/** Adds one row to the books; rows that close nothing leave them as they are. */
export function accountRow(account: NozzleAccount, row: FillRow): NozzleAccount {
  if (row.kind === 'moved') return movedBy(account, row)
  if (row.kind === 'settle') {
    const settledGrams = addGrams(account.settledGrams, row.meter.deliveredGrams)
    return { ...closed(account, row.meter), settledGrams }
  }
  if (row.kind === 'dispute') {
    const disputedGrams = addGrams(account.disputedGrams, row.meter.deliveredGrams)
    return { ...closed(account, row.meter), disputedGrams }
  }
  if (row.kind === 'orphan') {
    if (!row.ended) return account
    const orphanGrams = addGrams(account.orphanGrams, row.meter.deliveredGrams)
    return { ...closed(account, row.meter), orphanGrams }
  }
  if (row.kind !== 'meter-reset') return account
  const difference = subtractGrams(row.nowGrams, row.lastGrams)
  return {
    ...account,
    accountedGrams: row.nowGrams,
    resetGrams: addGrams(account.resetGrams, difference),
  }
}

const bookOf = {
  settled: 'settledGrams',
  orphan: 'orphanGrams',
  disputed: 'disputedGrams',
} as const

/** The totaliser stays where it is: the same gas stands in another book. */
function movedBy(
  account: NozzleAccount,
  { from, to, grams: mass }: Extract<FillRow, { kind: 'moved' }>,
): NozzleAccount {
  const taken = { ...account, [bookOf[from]]: subtractGrams(account[bookOf[from]], mass) }
  return { ...taken, [bookOf[to]]: addGrams(taken[bookOf[to]], mass) }
}

/** The piece of the books that is not closed yet; null when nothing is open. */
export function runningOf(state: FillState): Metered | null {
  if (isFinal(state)) return null
  if (state.kind === 'orphan') return state.meter
  return 'open' in state && state.open !== null ? state.open.meter : null
}

/**
 * The invariant (hardware.md section 7), to the gram: settled + orphan + open, disputes included,
 * equals totaliser now minus totaliser at installation, resets and rollovers accounted.
 */
export function booksBalance(account: NozzleAccount, running: Metered | null): boolean {
  return differenceOf(account, running) === 0
}

/** Gas that the totaliser shows and the books do not know; 0 when they balance. */
export function differenceOf(account: NozzleAccount, running: Metered | null): Grams {
  const open = running ?? noPiece(account.accountedGrams)
  const known =
    account.settledGrams +
    account.orphanGrams +
    account.disputedGrams +
    open.deliveredGrams +
    account.resetGrams
  const rolled = account.rolledGrams + rolledBy(open)
  return grams(open.latestGrams - account.installedGrams + rolled - known)
}

/** A piece must begin where the one before ended, or gas between them would be in no book. */
export function continues(account: NozzleAccount, piece: Metered): boolean {
  return piece.openingGrams === account.accountedGrams
}

function noPiece(at: Grams): Metered {
  return { openingGrams: at, latestGrams: at, deliveredGrams: noGrams }
}

function closed(account: NozzleAccount, piece: Metered): NozzleAccount {
  return {
    ...account,
    accountedGrams: piece.latestGrams,
    rolledGrams: addGrams(account.rolledGrams, rolledBy(piece)),
  }
}

/** A whole number of widths: 0 unless the counter passed its width inside the piece. */
function rolledBy(piece: Metered): Grams {
  return grams(piece.deliveredGrams - (piece.latestGrams - piece.openingGrams))
}
