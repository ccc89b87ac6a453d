import { grams } from '@baari/shared/units/mass'
import { bookingId, laneNo, stationNo } from '@baari/shared/units/names'
import { dayOfIsoDate, istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { present } from '@baari/shared/faults/assert'
import { after, hours, instant, minutes, type Instant } from '@baari/shared/units/time'
import type { FillOfVehicle } from '../../src/domain/check-in/fill-limits.ts'
import type {
  BookingFacts,
  LanePolicy,
  ReadingFacts,
  ScanFacts,
  UseFacts,
} from '../../src/domain/check-in/scan-facts.ts'

/** A moment in IST: `at('09:10')` on the day of the tests, or on a day given. */
export function at(clock: string, date = '2026-11-22'): Instant {
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number)
  const day = present(dayOfIsoDate(date), date)
  return instant(istDayStart(day) + hours(hour) + minutes(minute) + second * 1000)
}

export const windowStart = at('09:00')
export const today = istDay(windowStart)
const day = (date: string) => present(dayOfIsoDate(date), date)

export const policy: LanePolicy = {
  serves: [stationNo(42)],
  lanes: [
    { no: laneNo(1), direction: 'entry', accepts: [] },
    { no: laneNo(2), direction: 'entry', accepts: ['auto'] },
    { no: laneNo(3), direction: 'entry', accepts: ['bus', 'lcv'] },
    { no: laneNo(9), direction: 'exit', accepts: [] },
  ],
  bookedLanes: null,
  earlyGraceMs: minutes(20),
  payAtPump: true,
  matchGroupVehicle: true,
  limits: {
    fillsPerDay: { auto: 2, car: 1 },
    coolDownMs: hours(2),
    smallFillPermille: 800,
    countFrom: null,
    countUntil: null,
  },
  zone: 'Asia/Kolkata',
}

export function booking(change: Partial<BookingFacts> = {}): BookingFacts {
  return {
    id: bookingId('00000001-0000-7000-8000-00000000b001'),
    known: 'row',
    station: stationNo(42),
    state: 'valid',
    rev: 1,
    windowStart,
    expires: after(windowStart, minutes(30)),
    vehicleClass: 'auto',
    vehicles: [{ plate: 'GJ01AB1234', vehicleClass: change.vehicleClass ?? 'auto' }],
    nozzle: 'ngv1',
    grams: grams(4000),
    driverName: 'Ramesh',
    maxUses: 1,
    maxEntries: null,
    lanes: null,
    blockedReason: null,
    underReview: false,
    prompt: null,
    note: null,
    retestDay: day('2027-06-30'),
    record: null,
    denied: null,
    uses: [],
    fills: [],
    ...change,
  }
}

export function use(change: Partial<UseFacts> = {}): UseFacts {
  const state = change.state ?? 'claimed'
  return {
    useNo: 1,
    state,
    lane: laneNo(1),
    at: at('08:58'),
    partFilled: false,
    inQueue: state === 'claimed',
    ...change,
  }
}

export function fill(settledAt: Instant, gas = 4000): FillOfVehicle {
  return { settledAt, grams: grams(gas), expectedGrams: grams(4000) }
}

export function token(change: Partial<BookingFacts> = {}, rev = 1): ReadingFacts {
  return { kind: 'token', audience: stationNo(42), rev, booking: booking(change) }
}

export type ScanChange = Partial<Omit<ScanFacts, 'lane'>> & { readonly lane?: number }

/** A scan of a good token at 09:05 in lane 1, changed as the row of the table says. */
export function scan(reading: ReadingFacts, change: ScanChange = {}): ScanFacts {
  const { lane: no = 1, ...rest } = change
  const rules = rest.policy ?? policy
  return {
    reading,
    lane: present(
      rules.lanes.find((lane) => lane.no === no),
      `lane ${no}`,
    ),
    policy: rules,
    now: at('09:05'),
    trusted: true,
    delays: [],
    chosenPlate: null,
    answer: null,
    ...rest,
  }
}
