import { assert, present } from '@baari/shared/faults/assert'
import { monoElapsed, elapsed, type Millis } from '@baari/shared/units/time'
import type { Grams } from '@baari/shared/units/mass'
import type { FillLimits, FillState } from '../../domain/fill/fill-states.ts'
import type { MeterReading } from '../../domain/fill/totaliser.ts'
import { nozzleText, type NozzleKey } from '../../domain/position/nozzle.ts'
import type { Fills, LastReading, NozzleRecord, Piece } from '../../ports/fills.ts'
import type { StationNow } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

/** What the commands of a fill may touch. */
export type FillTx = LedgerTx

/** One nozzle as the ledger knows it. */
export type FillPlace = {
  readonly record: NozzleRecord
  /** The open fill or orphan; undefined at rest. */
  readonly piece: Piece | undefined
  readonly state: FillState
  readonly limits: FillLimits
}

/** Loads a nozzle that was installed; an unknown one is a bug of the caller. */
export function loadPlace(fills: Fills, key: NozzleKey): FillPlace {
  const record = present(fills.nozzle(key), `nozzle ${nozzleText(key)}`)
  const piece = fills.open(key)
  const { meter, toleranceGrams } = record.setup
  return {
    record,
    piece,
    state: piece?.state ?? restingState(record),
    limits: { meter, toleranceGrams },
  }
}

/** A nozzle at rest begins its next piece exactly where its books are closed. */
function restingState({ resting, account }: NozzleRecord): FillState {
  assert('accountedGrams' in resting, 'a nozzle at rest knows up to where its books are closed')
  return { ...resting, accountedGrams: account.accountedGrams }
}

/**
 * The age of the reading before this one: by the monotonic clock inside one boot, by the wall
 * clock over a restart, and unknown when that clock was not trusted (C01).
 */
export function readingNow(
  fills: Fills,
  last: LastReading,
  { totaliserGrams, now }: { readonly totaliserGrams: Grams; readonly now: StationNow },
): MeterReading {
  return { totaliserGrams, sinceLastMs: ageOf(fills, last, now) }
}

function ageOf(fills: Fills, last: LastReading, now: StationNow): Millis | null {
  if (last.boot === fills.boot) return monoElapsed(last.mono, now.mono)
  return now.trusted ? elapsed(last.at, now.at) : null
}
