import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  bookingStates,
  nextBookingState,
  type BookingEvent,
  type BookingEventKind,
  type BookingState,
} from '../../../src/domain/booking/booking-state.ts'

const simpleKinds = [
  'offer_held',
  'offer_taken',
  'confirmed',
  'hold_ended',
  'lapsed',
  'cancel_asked',
  'cancelled',
  'validity_ended',
  'checked_in',
  'first_gram',
  'part_settled',
  'settled',
] as const
const events: readonly BookingEvent[] = [
  ...simpleKinds.map((kind) => ({ kind })),
  ...(['active', 'confirmed', 'part_filled', 'completed'] as const).map((backTo) => ({
    kind: 'released' as const,
    backTo,
  })),
]
const after = (state: BookingState, event: BookingEvent): BookingState | 'no' => {
  const step = nextBookingState(state, event)
  return step.ok ? step.value.state : 'no'
}
const on = (kind: (typeof simpleKinds)[number]): BookingEvent => ({ kind })

/** The `Next` column of product.md 7.3, typed again from the page. */
const nextColumn: Readonly<Record<BookingState, readonly BookingState[]>> = {
  waitlisted: ['held', 'active', 'cancelled', 'expired'],
  held: ['confirmed', 'expiring', 'cancelled'],
  expiring: ['confirmed', 'expired'],
  expired: [],
  active: ['confirmed', 'checked_in', 'cancel_pending', 'cancelled', 'no_show'],
  confirmed: ['checked_in', 'cancel_pending', 'cancelled', 'no_show'],
  checked_in: ['filling', 'active', 'confirmed'],
  filling: ['completed', 'part_filled'],
  completed: ['checked_in'],
  part_filled: ['checked_in', 'completed'],
  no_show: [],
  cancel_pending: ['cancelled', 'checked_in', 'no_show'],
  cancelled: [],
}
/** Reached only because a fact of the station outranks any state. */
const facts: readonly BookingEventKind[] = ['checked_in', 'first_gram', 'part_settled', 'settled']
const finals: readonly BookingState[] = ['expired', 'no_show', 'cancelled']

describe('booking state', () => {
  it('every next state of the product page is reached by some event', () => {
    for (const state of bookingStates) {
      const reached = new Set(events.map((event) => after(state, event)))
      for (const next of nextColumn[state]) expect(reached, `${state} → ${next}`).toContain(next)
    }
  })

  it('no other state is reached, except by a fact of the station or a release', () => {
    for (const state of bookingStates) {
      for (const event of events.filter(({ kind }) => !facts.includes(kind))) {
        const next = after(state, event)
        if (next === 'no' || next === state || event.kind === 'released') continue
        expect(nextColumn[state], `${state} on ${event.kind}`).toContain(next)
      }
    }
  })

  it('a check-in or gas fact is taken in every state', () => {
    for (const state of bookingStates) {
      for (const kind of facts)
        expect(nextBookingState(state, { kind } as BookingEvent).ok).toBe(true)
    }
  })

  it('a vehicle served after its booking had ended is listed', () => {
    for (const state of finals) {
      const step = nextBookingState(state, on('checked_in'))
      expect(step).toEqual({
        ok: true,
        value: { state: 'checked_in', notice: 'served_after_cancel' },
      })
    }
  })

  it('a vehicle served on a hold nobody paid is listed apart', () => {
    const step = nextBookingState('held', on('first_gram'))
    expect(step).toEqual({
      ok: true,
      value: { state: 'filling', notice: 'served_without_booking' },
    })
  })

  it('a check-in while a cancel is pending wins without a notice: it came in time', () => {
    expect(nextBookingState('cancel_pending', on('checked_in'))).toEqual({
      ok: true,
      value: { state: 'checked_in' },
    })
  })

  it('a payment never reopens an ended booking', () => {
    for (const state of finals) {
      const step = nextBookingState(state, on('confirmed'))
      expect(!step.ok && step.error.code).toBe('booking_final')
    }
  })

  it('a payment that arrives during or after the fill changes no state', () => {
    for (const state of ['checked_in', 'filling', 'part_filled', 'completed'] as const) {
      expect(after(state, on('confirmed'))).toBe(state)
    }
  })

  it('a released check-in goes back to where it was claimed', () => {
    expect(after('checked_in', { kind: 'released', backTo: 'active' })).toBe('active')
    expect(after('checked_in', { kind: 'released', backTo: 'confirmed' })).toBe('confirmed')
    expect(after('filling', { kind: 'released', backTo: 'confirmed' })).toBe('no')
  })

  it('a cancel after the check-in is refused', () => {
    for (const state of ['checked_in', 'filling', 'completed'] as const) {
      expect(after(state, on('cancelled'))).toBe('no')
      expect(after(state, on('cancel_asked'))).toBe('no')
    }
  })

  it('an event delivered twice ends where it ended the first time', () => {
    for (const state of bookingStates) {
      for (const event of events.filter(({ kind }) => kind !== 'released')) {
        const once = after(state, event)
        if (once === 'no') continue
        const twice = after(once, event)
        expect(twice, `${state} on ${event.kind}`).toBe(once)
      }
    }
  })

  it('in any order of events, an ended booking is left only by a fact of the station', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (order) => {
        let state: BookingState = 'waitlisted'
        for (const event of order) {
          const next = after(state, event)
          if (next === 'no') continue
          if (finals.includes(state) && next !== state) expect(facts).toContain(event.kind)
          state = next
        }
      }),
    )
  })

  it('the table of the spec page is the table of the code', () => {
    const page = readFileSync(new URL('../../../../docs/specs/booking-state.md', import.meta.url))
    const rows = page
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
    const header = rows.find((cells) => cells[1] === 'state')!
    for (const state of bookingStates) {
      const row = rows.find((cells) => cells[1] === state)!
      for (const { kind } of events.slice(0, simpleKinds.length)) {
        const step = nextBookingState(state, { kind } as BookingEvent)
        const notices = { served_after_cancel: '¹', served_without_booking: '²' }
        const cell = !step.ok
          ? '–'
          : step.value.state === state
            ? '='
            : step.value.state + (step.value.notice ? notices[step.value.notice] : '')
        expect(row[header.indexOf(kind)], `${state} on ${kind}`).toBe(cell)
      }
    }
  })
})
