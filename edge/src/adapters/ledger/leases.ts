import { leaseRequest, requestOfWire, wireOfRequest } from '@baari/shared/contracts/sync/lease'
import { stationShapes } from '@baari/shared/contracts/sync/shapes'
import {
  acknowledgedTerm,
  pendingRequest,
  type RoundStep,
  type StationLease,
} from '@baari/shared/domain/lease/station-lease'
import type { LeaseKind, LeaseTerm } from '@baari/shared/domain/lease/term'
import { grams } from '@baari/shared/units/mass'
import { bookingId } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'
import { milliMinutes, perMille } from '@baari/shared/units/work'
import type { LeaseStore } from '../../ports/leases.ts'
import { boundLimit } from './bound-limit.ts'
import { leaseCellsOf } from './lease-cells.ts'
import type { LedgerSession } from './ledger-session.ts'

/** The station's lease, its cells and what was sold of them. */
export function leasesOf(session: LedgerSession): LeaseStore {
  const terms = termsOf(session)
  const cells = leaseCellsOf(session)
  return {
    read: () => ({ ...terms.read(), cells: cells.all() }),
    save({ epoch, lease, cells: after, granted, now }) {
      terms.save(lease, { epoch, now })
      cells.save(after, granted)
    },
    take: cells.take,
    ...asksOf(session),
    ...salesOf(session),
    ...claimsOf(session),
  }
}

type TermRow = {
  readonly id: string
  readonly fence: number
  readonly epoch: string
  readonly from_ms: number
  readonly to_ms: number
  readonly cloud_share: number
  readonly valid_until_ms: number
  readonly state: Exclude<StationLease['kind'], 'unopened'>
  readonly next: RoundStep
  readonly request_no: number
  readonly request_kind: LeaseKind | null
  readonly request: string | null
}

function termsOf({ sqlite }: LedgerSession) {
  const newest = sqlite.prepare<[], TermRow>('SELECT * FROM lease_term ORDER BY fence DESC LIMIT 1')
  const put = sqlite.prepare(
    `INSERT INTO lease_term (id, fence, epoch, from_ms, to_ms, cloud_share, valid_until_ms, state,
       next, request_no, request_kind, request, acknowledged_at_ms)
     VALUES (@id, @fence, @epoch, @from, @to, @cloudShare, @validUntil, @state, @next, @no, @kind,
       @request, @acknowledged)
     ON CONFLICT (id) DO UPDATE SET from_ms = @from, to_ms = @to, valid_until_ms = @validUntil,
       state = @state, next = @next, request_no = @no, request_kind = @kind, request = @request,
       acknowledged_at_ms = coalesce(acknowledged_at_ms, @acknowledged)`,
  )
  return {
    read(): { readonly lease: StationLease; readonly epoch: string | null } {
      const row = newest.get()
      return row === undefined
        ? { lease: { kind: 'unopened' }, epoch: null }
        : { lease: leaseOf(row), epoch: row.epoch }
    },
    save(lease: StationLease, { epoch, now }: { epoch: string; now: Instant }) {
      if (lease.kind === 'unopened') return
      const request = pendingRequest(lease)
      const acknowledged = acknowledgedTerm(lease) === undefined ? null : now
      put.run({
        ...lease.term,
        ...{ epoch, acknowledged, state: lease.kind },
        next: lease.kind === 'opening' ? 'close' : lease.next,
        no: lease.kind === 'held' ? lease.no : lease.request.no,
        kind: request?.kind ?? null,
        request: request === undefined ? null : wireOfRequest(request),
      })
    },
  }
}

function leaseOf(row: TermRow): StationLease {
  const term: LeaseTerm = {
    id: row.id,
    fence: row.fence,
    from: instant(row.from_ms),
    to: instant(row.to_ms),
    cloudShare: perMille(row.cloud_share),
    validUntil: instant(row.valid_until_ms),
  }
  const { next } = row
  if (row.request === null || row.request_kind === null) {
    return { kind: 'held', term, no: row.request_no, next }
  }
  const request = requestOfWire(row.request_kind, leaseRequest.parse(JSON.parse(row.request)))
  return row.state === 'opening'
    ? { kind: 'opening', term, request }
    : { kind: 'asking', term, request, next }
}

const asksAtOnce = 100

function asksOf({ sqlite }: LedgerSession): Pick<LeaseStore, 'asks'> {
  type AskRow = {
    readonly id: string
    readonly window_start_ms: number
    readonly milli_minutes: number
    readonly grams: number
  }
  const read = sqlite.prepare<[number], AskRow>(
    `SELECT * FROM lease_ask ORDER BY window_start_ms ${boundLimit}`,
  )
  return {
    asks: () =>
      read.all(asksAtOnce).map((row) => ({
        id: row.id,
        windowStart: instant(row.window_start_ms),
        work: milliMinutes(row.milli_minutes),
        gas: grams(row.grams),
      })),
  }
}

const ownShown = 50

function salesOf({ sqlite }: LedgerSession): Pick<LeaseStore, 'usedCodes' | 'addOwn' | 'own'> {
  const columns = Object.keys(stationShapes.booking.shape)
  const slots = columns.map((name) => `@${name}`)
  const addBooking = sqlite.prepare(
    `INSERT INTO booking (${columns.join()}) VALUES (${slots.join()})`,
  )
  const addOwn = sqlite.prepare(
    `INSERT INTO own_booking (${columns.join()}, code_day, code_slot, code_n)
     VALUES (${slots.join()}, @codeDay, @codeSlot, @codeN)`,
  )
  const used = sqlite.prepare<[number, number], { readonly slot: number; readonly n: number }>(
    'SELECT code_slot AS slot, code_n AS n FROM own_booking WHERE code_day = ? AND code_slot = ?',
  )
  const own = sqlite.prepare<[number, number], Record<string, unknown>>(
    `SELECT * FROM own_booking WHERE expires_ms > ? ORDER BY id DESC ${boundLimit}`,
  )
  return {
    usedCodes(places) {
      const slotsOf = new Map(places.map(({ day, slot }) => [`${day}/${slot}`, { day, slot }]))
      return [...slotsOf.values()].flatMap(({ day, slot }) =>
        used.all(day, slot).map(({ n }) => ({ day, slot, n })),
      )
    },
    addOwn({ row, place }) {
      const flat = { ...row, under_review: row.under_review ? 1 : 0 }
      addBooking.run(flat)
      addOwn.run({ ...flat, codeDay: place.day, codeSlot: place.slot, codeN: place.n })
    },
    own: (now) => own.all(now, ownShown).map((row) => stationShapes.booking.parse(withFlag(row))),
  }
}

function withFlag(row: Record<string, unknown>): Record<string, unknown> {
  return { ...row, under_review: row['under_review'] === 1 }
}

function claimsOf({ sqlite }: LedgerSession): Pick<LeaseStore, 'takeRefusedClaims'> {
  type ClaimRow = { readonly id: string; readonly fence: number; readonly current: number }
  const found = sqlite.prepare<[number], ClaimRow>(
    // The term first, then the bookings since by their index: this runs with every piece of a shape.
    `SELECT b.id, b.fence, t.fence AS current
     FROM (SELECT * FROM lease_term ORDER BY fence DESC LIMIT 1) t CROSS JOIN booking b
     WHERE t.acknowledged_at_ms IS NOT NULL AND b.fence IS NOT NULL
       AND b.fence < t.fence AND b.created_at_ms > t.acknowledged_at_ms
       AND b.id NOT IN (SELECT booking FROM lease_conflict)
       AND b.id NOT IN (SELECT id FROM own_booking)
     ORDER BY b.id ${boundLimit}`,
  )
  const keep = sqlite.prepare(
    'INSERT INTO lease_conflict (booking, fence, current_fence, at_ms) VALUES (?, ?, ?, ?)',
  )
  return {
    takeRefusedClaims(now, limit) {
      const claims = found.all(limit)
      for (const { id, fence, current } of claims) keep.run(id, fence, current, now)
      return claims.map(({ id, fence, current }) => ({
        booking: bookingId(id),
        fence,
        currentFence: current,
      }))
    },
  }
}
