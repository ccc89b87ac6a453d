import type { FillRecord } from '@baari/shared/contracts/http/edge-api'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise } from '@baari/shared/units/money'
import type { AttendantId, FillId, NozzleType } from '@baari/shared/units/names'
import type { Instant, Mono } from '@baari/shared/units/time'
import type { NozzleAccount } from '../domain/fill/fill-books.ts'
import type { FillRow, FillState, TokenUse } from '../domain/fill/fill-states.ts'
import type { MeterLimits } from '../domain/fill/totaliser.ts'
import type { NozzleKey } from '../domain/position/nozzle.ts'

/** What the station file says about one nozzle. */
export type NozzleSetup = NozzleKey & {
  readonly type: NozzleType
  readonly meter: MeterLimits
  /** Gas above the preset that closing a valve explains (D10). */
  readonly toleranceGrams: Grams
}

/** The newest totaliser reading, and how old the next one will find it. */
export type LastReading = {
  readonly totaliserGrams: Grams
  readonly at: Instant
  /** Monotonic time is compared only inside this boot. */
  readonly boot: string
  readonly mono: Mono
}

/** One nozzle since its installation: books, meter, and its state while no fill is open. */
export type NozzleRecord = {
  readonly setup: NozzleSetup
  readonly account: NozzleAccount
  readonly last: LastReading
  /** idle, calling, or out of order without a fill. */
  readonly resting: FillState
  /** The meter went back unexplained: nothing is authorised until a manager clears it (D02). */
  readonly frozen: boolean
}

/** One piece of the books: a fill, or gas that nobody authorised. */
export type Piece = {
  readonly id: FillId
  readonly key: NozzleKey
  readonly state: FillState
  /** What a screen calls the vehicle; empty for an orphan. */
  readonly label: string
  readonly startedAt: Instant
  /** Null while it is open. */
  readonly endedAt: Instant | null
}

export type FillLogEntry = {
  readonly piece: FillId | null
  readonly key: NozzleKey
  readonly row: FillRow
  /** The device's own text of the totaliser, never edited. */
  readonly raw: string | null
  readonly at: Instant
  readonly mono: Mono
}

export type FillPayment = {
  readonly fill: FillId
  readonly method: 'cash' | 'upi' | 'card'
  readonly amountPaise: Paise
  readonly by: AttendantId
  readonly at: Instant
}

export type FillPage = {
  readonly fills: readonly FillRecord[]
  /** Rowid before which the next page begins; null at the end. */
  readonly next: number | null
}

/**
 * The fill log. Promises: at most one open piece per nozzle, one intent and one settle row per
 * fill, and one open fill per token use; breaking one of them is a bug that rolls back. Log rows
 * are only ever added.
 */
export type Fills = {
  /** Boot of this node, for intents and ages of readings. */
  readonly boot: string
  nozzles(): readonly NozzleRecord[]
  nozzle(key: NozzleKey): NozzleRecord | undefined
  saveNozzle(record: NozzleRecord): void
  open(key: NozzleKey): Piece | undefined
  byId(id: FillId): Piece | undefined
  /** True while an open fill anywhere at the station was reserved for this use (D12). */
  useIsOpen(use: TokenUse): boolean
  save(piece: Piece): void
  log(entry: FillLogEntry): void
  /** Rows that change the books, oldest first: settle, dispute, ended orphan, meter reset. */
  bookRows(key: NozzleKey): Iterable<FillRow>
  page(limit: number, before: number | null): FillPage
  addPayment(payment: FillPayment): void
  collected(fill: FillId): boolean
}
