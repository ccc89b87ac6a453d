import { bookingStates } from '@baari/shared/domain/booking/booking-state'
import { istDayStart } from '@baari/shared/units/ist-calendar'
import { after, before, dayNumber, instant, minutes } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { codePlaces, codeSlots, freeCodePlace } from '@baari/shared/domain/slots/code-place'
import { mayBook, mayConfirm } from '../../../src/domain/booking/sale-rules.ts'

const now = instant(1_760_000_400_000)
const window = instant(Math.ceil(now / 600_000) * 600_000 + 3_600_000)
const station = { open: true, nozzles: ['ngv1'] as const }
const wish = { windowStart: window, nozzle: 'ngv1' as const, retestDay: dayNumber(60_000) }

describe('may book', () => {
  it('a closed station, a missing nozzle and an overdue cylinder are refused', () => {
    const said = (result: ReturnType<typeof mayBook>) => (result.ok ? 'yes' : result.error.code)
    expect(said(mayBook(wish, station, now))).toBe('yes')
    expect(said(mayBook(wish, { ...station, open: false }, now))).toBe('window_unknown')
    expect(said(mayBook({ ...wish, nozzle: 'ngv2' }, station, now))).toBe('window_unknown')
    expect(said(mayBook({ ...wish, retestDay: dayNumber(1) }, station, now))).toBe('retest_expired')
  })
})

describe('may confirm', () => {
  it('only a running hold, and a confirmed one again without effect', () => {
    const until = after(now, minutes(1))
    const said = bookingStates.map((state) => {
      const answer = mayConfirm({ state, holdUntil: until }, now)
      return [state, answer.ok ? answer.value : answer.error.code]
    })
    expect(Object.fromEntries(said)).toEqual({
      waitlisted: 'booking_final',
      held: 'confirm',
      expiring: 'hold_expired',
      expired: 'hold_expired',
      active: 'booking_final',
      confirmed: 'already',
      checked_in: 'booking_final',
      filling: 'booking_final',
      completed: 'booking_final',
      part_filled: 'booking_final',
      no_show: 'booking_final',
      cancel_pending: 'booking_final',
      cancelled: 'booking_final',
    })
    expect(mayConfirm({ state: 'held', holdUntil: now }, now).ok).toBe(false)
  })
})

describe('code places', () => {
  it('are taken from the window’s own slot, then from its second one', () => {
    const [first, second] = codeSlots(window)
    if (first === undefined || second === undefined) throw new Error('two slots')
    expect(second.slot).toBe(first.slot + 1)
    const used = Array.from({ length: 23 }, (_, n) => ({ ...first, n }))
    expect(freeCodePlace(codePlaces(window, 'cloud'), used.slice(0, 5))).toMatchObject({
      value: { ...first, n: 5 },
    })
    expect(freeCodePlace(codePlaces(window, 'cloud'), used.slice(1))).toMatchObject({
      value: { ...first, n: 0 },
    })
    expect(freeCodePlace(codePlaces(window, 'cloud'), used)).toMatchObject({
      value: { ...second, n: 0 },
    })
  })

  it('never leave the IST day of the window’s start', () => {
    const midnight = istDayStart(dayNumber(20_000))
    expect(codeSlots(before(midnight, minutes(5)))).toEqual([{ day: 19_999, slot: 287 }])
    expect(codeSlots(midnight)[0]).toEqual({ day: 20_000, slot: 0 })
  })
})
