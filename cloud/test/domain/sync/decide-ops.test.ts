import fc from 'fast-check'
import { saleFact } from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import { physicalKinds as contractKinds } from '@baari/shared/contracts/sync/ops'
import { describe, expect, it } from 'vitest'
import { decideOps, physicalKinds } from '../../../src/domain/sync/decide-ops.ts'
import { useKey, type Known, type KnownBooking } from '../../../src/domain/sync/known.ts'
import type { OpBodies, OpKind, StationOp } from '../../../src/domain/sync/station-op.ts'

const fill = 'f-1'
const shift = 's-1'

function row(more: Partial<KnownBooking> & { readonly state?: BookingState } = {}): KnownBooking {
  const state = more.state ?? 'active'
  return {
    stationNo: 42,
    state,
    facts: saleFact(state as 'active'),
    grams: 8_000,
    maxUses: 1,
    ...more,
  }
}

function known(bookings: Readonly<Record<string, KnownBooking>> = { b: row() }): Known {
  return {
    stationNo: 42,
    epochNo: 1,
    entities: new Map([
      [1, { type: 'fill', uuid: fill }],
      [2, { type: 'shift', uuid: shift }],
      [3, { type: 'ticket', uuid: 't-1' }],
    ]),
    bookings: new Map(Object.entries(bookings)),
    uses: new Map(),
    sales: new Map(),
    paidFills: new Set(),
    livePlates: new Set(),
    leaseFence: 0,
    shifts: new Map(),
  }
}

function op<K extends OpKind>(kind: K, body: OpBodies[K], more = {}): StationOp {
  return { kind, seq: 1, ref: 1, atMs: 5, body, ...more } as StationOp
}

const claimBody = {
  booking: 'b',
  useNo: 1,
  lane: 1,
  verdict: 'ADMIT',
  ticket: 't-1',
  rev: 1,
  offline: true,
  forced: false,
} as const
const settledBody = {
  position: 1,
  ticket: 't-1',
  booking: 'b',
  grams: 5_000,
  amountPaise: 45_000,
  pricePaisePerKg: 9_000,
  totaliserBeforeGrams: 0,
  totaliserAfterGrams: 5_000,
  recovered: false,
}
const claim = (more: Partial<OpBodies['checkin.claimed']> = {}) =>
  op('checkin.claimed', { ...claimBody, ...more })
const release = op('checkin.released', { booking: 'b', useNo: 1, reason: 'undo' })
const redeem = op('checkin.redeemed', { booking: 'b', useNo: 1, fill })
const settle = (more: Partial<OpBodies['fill.settled']> = {}) =>
  op('fill.settled', { ...settledBody, ...more })

function only(ops: readonly StationOp[], state = known()) {
  const numbered = ops.map((one, index) => ({ ...one, seq: index + 1 }))
  const outcome = decideOps(numbered, state).at(-1)
  return { verdict: outcome?.verdict, code: outcome?.code, state }
}

describe('check-ins', () => {
  it('a vehicle that drove off past an exit scanner is applied and moves nothing', () => {
    const outcomes = decideOps([op('gate.exited', { booking: 'b', lane: 9 })], known())
    expect(outcomes).toEqual([{ seq: 1, verdict: 'applied', code: null, effects: [] }])
  })

  it('a claim moves an expected booking to checked_in', () => {
    const { verdict, state } = only([claim()])
    expect(verdict).toBe('applied')
    expect(state.bookings.get('b')?.state).toBe('checked_in')
    expect(state.uses.get(useKey('b', 1))?.state).toBe('claimed')
  })

  it('the whole visit of one booking ends completed, op by op in one batch', () => {
    const { state } = only([claim(), redeem, settle()])
    expect(state.bookings.get('b')?.state).toBe('completed')
  })

  it('a fill below half of what was expected leaves the booking part_filled', () => {
    const small = { grams: 3_999, amountPaise: 35_991, totaliserAfterGrams: 3_999 }
    expect(only([claim(), redeem, settle(small)]).state.bookings.get('b')?.state).toBe(
      'part_filled',
    )
    const half = { grams: 4_000, amountPaise: 36_000, totaliserAfterGrams: 4_000 }
    expect(only([claim(), redeem, settle(half)]).state.bookings.get('b')?.state).toBe('completed')
  })

  it.each(['cancelled', 'cancel_pending', 'expired', 'no_show'] as const)(
    'Q15: a booking that was %s and came is served, and listed',
    (state) => {
      const result = only([claim()], known({ b: row({ state }) }))
      expect(result).toMatchObject({ verdict: 'flagged', code: 'served_after_cancel' })
      expect(result.state.bookings.get('b')?.state).toBe('checked_in')
    },
  )

  it('a release puts back the state of the sale, an ended one included', () => {
    const result = only([claim(), release], known({ b: row({ state: 'cancelled' }) }))
    expect(result.verdict).toBe('applied')
    expect(result.state.bookings.get('b')?.state).toBe('cancelled')
  })

  it('a release of a use nobody claimed, or of one that gas redeemed, has no effect', () => {
    expect(only([release])).toMatchObject({ verdict: 'rejected', code: 'use_unknown' })
    expect(only([claim(), redeem, release])).toMatchObject({
      verdict: 'rejected',
      code: 'use_redeemed',
    })
  })

  it('a redeem whose claim never came is recorded and flagged', () => {
    const result = only([redeem])
    expect(result).toMatchObject({ verdict: 'flagged', code: 'use_unknown' })
    expect(result.state.uses.get(useKey('b', 1))).toMatchObject({ state: 'redeemed', fill })
  })

  it('a booking of another station keeps its state', () => {
    const result = only([claim()], known({ b: row({ stationNo: 7 }) }))
    expect(result).toMatchObject({ verdict: 'flagged', code: 'booking_elsewhere' })
    expect(result.state.bookings.get('b')?.state).toBe('active')
  })

  it.each([
    ['an unknown booking', { booking: 'other' }, 'booking_unknown'],
    ['a use beyond the pass', { useNo: 2 }, 'uses_exceeded'],
  ])('%s is flagged, never refused', (_case, more, code) => {
    expect(only([claim(more)])).toMatchObject({ verdict: 'flagged', code })
  })

  it('a second ticket on a claimed use is flagged', () => {
    expect(only([claim(), claim({ ticket: 't-2' })])).toMatchObject({ code: 'token_in_use' })
    expect(only([claim(), release, claim({ ticket: 't-2' })]).verdict).toBe('applied')
  })

  it('a no-show under an uncertain clock is told but strikes nobody', () => {
    const body = { booking: 'b', clockTrusted: false }
    const result = only([op('booking.no_show', body)])
    expect(result).toMatchObject({ verdict: 'flagged', code: 'clock_uncertain' })
    expect(result.state.bookings.get('b')?.state).toBe('active')
    const sure = only([op('booking.no_show', { ...body, clockTrusted: true })])
    expect(sure.state.bookings.get('b')?.state).toBe('no_show')
  })

  it('an acknowledged cancel is told only while it is pending', () => {
    const acked = op('booking.cancel_acked', { booking: 'b', rev: 1 })
    const kinds = (state: BookingState, ops: readonly StationOp[]) =>
      decideOps(ops, known({ b: row({ state }) }))
        .at(-1)
        ?.effects.map((effect) => effect.kind)
    expect(kinds('cancel_pending', [acked])).toEqual(['cancel-acked'])
    expect(kinds('cancelled', [acked])).toEqual([])
    expect(kinds('cancel_pending', [claim(), acked])).toEqual([])
    expect(only([acked], known({}))).toMatchObject({ verdict: 'rejected', code: 'booking_unknown' })
  })

  it('a late no-show never undoes a check-in', () => {
    const result = only([claim(), op('booking.no_show', { booking: 'b', clockTrusted: true })])
    expect(result.state.bookings.get('b')?.state).toBe('checked_in')
  })
})

describe('fills and money', () => {
  it.each([
    ['a repeated settlement', [settle(), settle()], 'fill_repeated'],
    ['an amount that is not grams × price', [settle({ amountPaise: 45_001 })], 'amount_differs'],
    ['a totaliser that moved otherwise', [settle({ totaliserAfterGrams: 1 })], 'totaliser_differs'],
  ])('%s is flagged', (_case, ops, code) => {
    expect(only(ops)).toMatchObject({ verdict: 'flagged', code })
  })

  it('a repeated settlement writes no second sale', () => {
    const [, second] = decideOps([settle(), settle()], known())
    expect(second?.effects.map((effect) => effect.kind)).toEqual(['exception'])
  })

  const paid = (amountPaise: number) =>
    op('payment.collected', { fill, method: 'cash', amountPaise, by: 'a' })

  it.each([
    ['for a fill never told of', [paid(45_000)], 'fill_unknown'],
    ['of another amount', [settle(), paid(1)], 'amount_differs'],
    ['twice', [settle(), paid(45_000), paid(45_000)], 'paid_twice'],
  ])('money collected %s is kept and flagged', (_case, ops, code) => {
    const outcome = decideOps(ops, known()).at(-1)
    expect(outcome).toMatchObject({ verdict: 'flagged', code })
    expect(outcome?.effects[0]).toMatchObject({ kind: 'record', fact: 'payment.collected' })
  })

  it('orphan gas is applied as mass and put before a person', () => {
    const body = { position: 1, grams: 9, totaliserBeforeGrams: 0, totaliserAfterGrams: 9 }
    const [outcome] = decideOps([op('fill.orphan', body)], known())
    expect(outcome?.verdict).toBe('applied')
    expect(outcome?.effects.map((effect) => effect.kind)).toEqual(['record', 'exception'])
  })
})

describe('entities, shifts and scans', () => {
  it('a reference is introduced once; other words under it are rejected', () => {
    const words = { ref: 9, type: 'fill', uuid: 'f-9' }
    expect(only([op('entity', words), op('entity', words)]).verdict).toBe('applied')
    expect(only([op('entity', words), op('entity', { ...words, uuid: 'x' })])).toMatchObject({
      verdict: 'rejected',
      code: 'entity_changed',
    })
  })

  it('a ticket’s op without its ticket is rejected, gas without its fill is flagged', () => {
    const lost = { ref: 99 }
    expect(only([op('ticket.called', { position: 1 }, lost)])).toMatchObject({
      verdict: 'rejected',
      code: 'entity_unknown',
    })
    expect(only([op('fill.settled', settledBody, lost)])).toMatchObject({
      verdict: 'flagged',
      code: 'entity_unknown',
    })
  })

  it('a shift closes once, after it opened', () => {
    const closed = op(
      'shift.closed',
      { countedCashPaise: 0, expectedCashPaise: 0, fills: 0, grams: 0, amountPaise: 0 },
      { ref: 2 },
    )
    const opened = op('shift.opened', { attendant: 'a', openingCashPaise: 0 }, { ref: 2 })
    expect(only([closed])).toMatchObject({ code: 'shift_unknown' })
    expect(only([opened, closed]).verdict).toBe('applied')
    expect(only([opened, closed, closed])).toMatchObject({ code: 'shift_closed_twice' })
  })

  it('Q10: a failed scan without its raw text is rejected', () => {
    const body = { verdict: 'UNKNOWN', lane: 1, source: 'scanner', rawSha256: 'x', booking: null }
    expect(only([op('scan.failed', { ...body, rawBase64: '' })])).toMatchObject({
      verdict: 'rejected',
      code: 'scan_incomplete',
    })
    expect(only([op('scan.failed', { ...body, rawBase64: 'eA==' })]).verdict).toBe('applied')
  })

  it('what this cloud cannot read is deferred without effect', () => {
    const outcomes = decideOps([{ kind: 'unread', seq: 4, reason: 'kind_unknown' }], known())
    expect(outcomes).toEqual([{ seq: 4, verdict: 'deferred', code: 'kind_unknown', effects: [] }])
  })
})

describe('windows sold at the kiosk', () => {
  const made = (more: Partial<OpBodies['booking.made']> = {}) =>
    op('booking.made', {
      booking: 'kiosk',
      windowStartMs: 0,
      expiresMs: 1_800_000,
      vehicleClass: 'auto',
      nozzle: 'ngv1',
      grams: 4_000,
      plate: 'MH12AB1',
      retestDay: 1,
      code: '123456789',
      codeDay: 1,
      codeSlot: 3,
      codeN: 23,
      pricePaisePerKg: 9_000,
      workMilliMinutes: 2_700,
      term: 't',
      fence: 3,
      cells: [[0, 2_700, 4_000]],
      ...more,
    })
  const under = (leaseFence: number): Known => ({ ...known(), leaseFence })

  it('are bookings; the vehicle that comes in the same batch is expected', () => {
    const { verdict, state } = only([made(), claim({ booking: 'kiosk' })], under(3))
    expect(verdict).toBe('applied')
    expect(state.bookings.get('kiosk')?.state).toBe('checked_in')
  })

  it('the same one again changes nothing', () => {
    const outcomes = decideOps([made(), { ...made(), seq: 2 }], under(3))
    expect(outcomes.map(({ effects }) => effects.length)).toEqual([1, 0])
  })

  it('under an older fence stand, and a person is asked', () => {
    expect(only([made()], under(4))).toMatchObject({ verdict: 'flagged', code: 'old_fence' })
    expect(only([made()], under(2)).verdict).toBe('applied')
  })

  it('for a vehicle that has a booking stand, and a person is asked', () => {
    const state = { ...under(3), livePlates: new Set(['MH12AB1']) }
    expect(only([made()], state)).toMatchObject({ verdict: 'flagged', code: 'vehicle_has_booking' })
  })

  it('a claim the station refused is on the conflict list', () => {
    const refused = op('lease.claim_refused', { booking: 'b', fence: 2, currentFence: 3 })
    expect(only([refused])).toMatchObject({ verdict: 'flagged', code: 'old_fence' })
  })

  it('what moved between the sellers is kept and has no effect of its own', () => {
    const moved = { term: 't', fence: 1, no: 1 }
    const outcomes = decideOps([op('lease.granted', moved), op('lease.returned', moved)], known())
    expect(outcomes.flatMap(({ effects }) => effects)).toEqual([])
  })
})

it('physical facts are those of the contract', () => {
  expect([...physicalKinds].toSorted()).toEqual([...contractKinds].toSorted())
})

describe('every order of ops', () => {
  const lost = { ref: 99 }
  const pool: readonly StationOp[] = [
    claim(),
    claim({ booking: 'other' }),
    claim({ ticket: 't-2' }),
    release,
    redeem,
    settle(),
    settle({ booking: null, amountPaise: 1 }),
    op('fill.settled', settledBody, lost),
    op('fill.voided', { position: 1, reason: 'x' }, lost),
    op('fill.disputed', { ...settledBody, reason: 'x' }),
    op('meter.reset', { position: 1, lastGrams: 9, nowGrams: 1, differenceGrams: -8 }),
    op('payment.collected', { fill, method: 'cash', amountPaise: 45_000, by: 'a' }),
    op('booking.no_show', { booking: 'b', clockTrusted: true }),
  ]
  const orders = fc.array(fc.constantFrom(...pool), { maxLength: 30 })

  it('never refuses a physical fact and never counts a fill twice', () => {
    fc.assert(
      fc.property(orders, (ops) => {
        const numbered = ops.map((one, index) => ({ ...one, seq: index + 1 }))
        const outcomes = decideOps(numbered, known())
        for (const [index, outcome] of outcomes.entries()) {
          expect(outcome.seq).toBe(index + 1)
          const physical = physicalKinds.has(numbered[index]?.kind ?? '')
          if (physical) expect(outcome.verdict).not.toBe('rejected')
          if (outcome.verdict === 'rejected') expect(outcome.effects).toEqual([])
          expect(outcome.code === null).toBe(outcome.verdict === 'applied')
        }
        const sales = outcomes
          .flatMap((outcome) => outcome.effects)
          .filter((effect) => effect.kind === 'record' && effect.fact === 'fill.settled')
        expect(sales.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('ends the same whether ops come in one batch or one by one', () => {
    fc.assert(
      fc.property(orders, (ops) => {
        const numbered = ops.map((one, index) => ({ ...one, seq: index + 1 }))
        const together = known()
        const apart = known()
        const verdicts = decideOps(numbered, together)
        expect(numbered.flatMap((one) => decideOps([one], apart))).toEqual(verdicts)
        expect(apart).toEqual(together)
      }),
    )
  })
})
