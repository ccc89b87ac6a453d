import { laneLockSpan } from '../../domain/check-in/code-lock.ts'
import type { BookingFacts, ReadingFacts, ScanFacts } from '../../domain/check-in/scan-facts.ts'
import type { ProvisionalBooking } from '../../ports/bookings.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { LaneSettings } from '../../ports/station-settings.ts'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, hours, instant } from '@baari/shared/units/time'
import { settingsOf } from '../station/settings-of.ts'
import { delaysAt } from '../station/station-delay.ts'
import {
  factsOfProvisional,
  factsOfRow,
  provisionalOfClaims,
  provisionalOfCode,
} from './booking-facts.ts'
import type { ScanInput } from './scan-input.ts'
import type { ScanReading } from './scan-reading.ts'

/** Codes are used again on other days, so a row counts only near its own window. */
const codeSpan = hours(26)

export type LoadedScan = {
  readonly facts: ScanFacts
  /** What must be stored first when the scan claims a use of a booking no row describes. */
  readonly provisional: ProvisionalBooking | null
}

/** Everything the decision needs, read in the transaction; undefined for a lane nobody knows. */
export function loadScan(
  tx: LedgerTx,
  input: ScanInput,
  context: CommandContext,
): LoadedScan | undefined {
  const settings = settingsOf(tx)
  const { now } = context
  const lane = settings.lanes.find(({ no }) => no === input.lane)
  if (!lane) return undefined
  const { reading, provisional } = readingFacts({ tx, input, context, lane })
  const facts: ScanFacts = {
    reading,
    lane,
    policy: settings,
    now: now.at,
    trusted: now.trusted,
    delays: delaysAt(tx, now.at),
    chosenPlate: plateOf(input.plate),
    answer: input.answer ?? null,
  }
  return { facts, provisional }
}

type Source = {
  readonly tx: LedgerTx
  readonly input: ScanInput
  readonly context: CommandContext
  readonly lane: LaneSettings
}

type Loaded = {
  readonly reading: ReadingFacts
  readonly provisional: ProvisionalBooking | null
}

function readingFacts(source: Source): Loaded {
  const { reading } = source.input
  switch (reading.kind) {
    case 'forged':
    case 'unreadable':
    case 'foreign':
      return { reading, provisional: null }
    case 'token':
      return tokenFacts(source, reading)
    case 'code':
      return codeFacts(source, reading)
    case 'text':
      return { reading: mediumFacts(source, reading.text), provisional: null }
  }
}

type TokenReading = Extract<ScanReading, { kind: 'token' }>

function tokenFacts({ tx, context: { now } }: Source, { claims, minRev }: TokenReading): Loaded {
  const row = tx.bookings.byId(claims.booking)
  const stored = tx.bookings.provisional(claims.booking)
  const fresh = provisionalOfClaims(claims, now)
  const provisional = stored ? { ...fresh, plate: stored.plate } : fresh
  const booking = row
    ? newer(factsOfRow({ tx, now }, row), provisional)
    : factsOfProvisional({ tx, now }, provisional, claims.station)
  const reading: ReadingFacts = {
    kind: 'token',
    audience: claims.station,
    rev: claims.rev,
    booking: { ...booking, denied: stricter(booking.denied, minRev) },
  }
  return { reading, provisional: (row ?? stored) ? null : fresh }
}

/** A token newer than the row moves the window; validity is whichever ends later. */
function newer(row: BookingFacts, token: ProvisionalBooking): BookingFacts {
  const expires = instant(Math.max(row.expires, token.rev >= row.rev ? token.expires : row.expires))
  if (token.rev <= row.rev) return { ...row, expires }
  return { ...row, rev: token.rev, windowStart: token.windowStart, expires: token.expires }
}

function stricter(denied: BookingFacts['denied'], minRev: number): BookingFacts['denied'] {
  if (minRev === 0 || (denied && denied.minRev >= minRev)) return denied
  return { minRev, reason: denied?.reason ?? 'key set' }
}

type CodeReading = Extract<ScanReading, { kind: 'code' }>

function codeFacts(source: Source, { digits, place }: CodeReading): Loaded {
  const { tx, input, context, lane } = source
  const { now } = context
  const row = tx.bookings.byCode(digits).find((one) => isNear(one, now.at))
  const stored = row ? undefined : tx.bookings.provisionalByCode(digits)
  const current = stored && now.at - stored.windowStart < codeSpan ? stored : undefined
  const station = settingsOf(tx).no
  const known = row
    ? factsOfRow({ tx, now }, row)
    : current && factsOfProvisional({ tx, now }, current, station)
  const fresh =
    known || !place
      ? null
      : provisionalOfCode(
          { digits, place, id: context.ids.uuid(), vehicleClass: lane.accepts[0] },
          now,
        )
  return {
    provisional: fresh,
    reading: {
      kind: 'code',
      booking: known ?? null,
      place: fresh && factsOfProvisional({ tx, now }, fresh, station),
      wrongTagsOnLane: tx.scans.wrongTags(input.lane, before(now.at, laneLockSpan)),
      wrongTagsToday: tx.scans.wrongTagsOfDay(istDay(now.at)),
      managerUnlocked: input.managerUnlocked,
    },
  }
}

function isNear({ window_start_ms: start }: BookingRow, now: number): boolean {
  return Math.abs(now - start) < codeSpan
}

function mediumFacts({ tx, context: { now } }: Source, text: string): ReadingFacts {
  const medium = tx.vehicles.medium(text)
  const plate = medium?.plate ?? plateOf(text)
  const rows = plate === null ? [] : tx.bookings.byPlate(plate)
  const bookings = rows.map((row) => factsOfRow({ tx, now }, row))
  return { kind: 'medium', active: medium?.active ?? true, bookings }
}

function plateOf(text: string | undefined): string | null {
  if (text === undefined) return null
  const plate = normalisePlate(text)
  return plate.ok ? plate.value : null
}
