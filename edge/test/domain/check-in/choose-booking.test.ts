import { bookingId, stationNo } from '@baari/shared/units/names'
import { describe, expect, it } from 'vitest'
import { decideScan } from '../../../src/domain/check-in/decide-scan.ts'
import type { BookingFacts, ReadingFacts } from '../../../src/domain/check-in/scan-facts.ts'
import { at, booking, scan, type ScanChange } from '../../support/scan-builders.ts'

const verdictOf = (reading: ReadingFacts, change?: ScanChange) =>
  decideScan(scan(reading, change)).verdict

describe('one medium with several bookings', () => {
  const second = bookingId('00000001-0000-7000-8000-00000000b002')
  const plates = (plate: string) => [{ plate, vehicleClass: 'auto' as const }]
  const medium = (bookings: readonly BookingFacts[], active = true) =>
    ({ kind: 'medium', active, bookings }) as const

  it('M1 a deactivated medium is UNKNOWN and flagged', () => {
    expect(decideScan(scan(medium([booking()], false)))).toMatchObject({
      verdict: 'UNKNOWN',
      facts: { medium: 'deactivated' },
    })
  })

  it('M3 two bookings that overlap now are AMBIGUOUS until the plate is chosen', () => {
    const two = medium([
      booking({ vehicles: plates('GJ01AB1234') }),
      booking({ id: second, vehicles: plates('GJ01AB5678') }),
    ])
    expect(decideScan(scan(two))).toMatchObject({
      verdict: 'AMBIGUOUS',
      facts: { plates: 'GJ01AB1234,GJ01AB5678' },
    })
    expect(decideScan(scan(two, { chosenPlate: 'GJ01AB5678' }))).toMatchObject({
      verdict: 'ADMIT',
      booking: { id: second },
    })
  })

  it('M4 a booking at another station is ignored', () => {
    expect(verdictOf(medium([booking({ station: stationNo(7) })]))).toBe('UNKNOWN')
  })

  it('M5 of several bookings the one valid now is admitted', () => {
    const all = medium([
      booking({ windowStart: at('06:00'), expires: at('06:30') }),
      booking({ id: second }),
      booking({ windowStart: at('18:00'), expires: at('18:30') }),
    ])
    expect(decideScan(scan(all))).toMatchObject({ verdict: 'ADMIT', booking: { id: second } })
  })

  it('M7 when all bookings lie in the past the last one answers NO_SHOW', () => {
    const past = medium([
      booking({ windowStart: at('06:00'), expires: at('06:30') }),
      booking({ id: second, windowStart: at('07:00'), expires: at('07:30') }),
    ])
    expect(decideScan(scan(past))).toMatchObject({ verdict: 'NO_SHOW', booking: { id: second } })
  })

  it('a window still to come answers TOO_EARLY', () => {
    const later = medium([booking({ windowStart: at('18:00'), expires: at('18:30') })])
    expect(verdictOf(later)).toBe('TOO_EARLY')
  })
})
