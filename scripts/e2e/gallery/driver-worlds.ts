import {
  booking,
  driver,
  lotEntry,
  lotResult,
  stationList,
  windowList,
  type Booking,
} from '@baari/shared/contracts/http/cloud-api'
import { recommendations } from '@baari/shared/contracts/http/recommend-api'
import type { DriverWorld } from './fixture-cloud.ts'

/** A fixed noon, so that pictures of different days can be compared: 22 Nov 2026, 14:07 IST. */
export const driverNoon = Date.parse('2026-11-22T08:37:00Z')

const minutesMs = 60_000
const windowMs = 10 * minutesMs
const firstWindowMs = Date.parse('2026-11-22T09:00:00Z')
export const ticketId = '018f0000-0000-7000-8000-000000000b01'
const vehicleId = '018f0000-0000-7000-8000-000000000c01'

const ramesh = driver.parse({
  id: '018f0000-0000-7000-8000-000000000d01',
  phone: '+919825012345',
  vehicles: [
    {
      id: vehicleId,
      plate: 'GJ01AB1234',
      vehicleClass: 'auto',
      nozzle: 'ngv1',
      retestValidUntil: '2028-12-31',
    },
    {
      id: '018f0000-0000-7000-8000-000000000c02',
      plate: 'GJ27TT8817',
      vehicleClass: 'car',
      nozzle: 'ngv1',
      retestValidUntil: '2027-03-31',
    },
  ],
})

const calm = {
  ...{ wait: { medianMin: 4, p90Min: 9 }, asOfMs: driverNoon, stale: false },
  ...{ line: { booked: 0, walkIns: 1 }, positions: { working: 4, all: 4 }, fillPercent: 100 },
  ...{ delayMin: 0, cutUntilMs: null },
}
const crowded = {
  ...calm,
  ...{ wait: { medianMin: 35, p90Min: 52 }, line: { booked: 6, walkIns: 14 } },
  ...{ positions: { working: 3, all: 4 }, delayMin: 15 },
}
const dry = {
  ...calm,
  ...{ wait: null, line: { booked: 0, walkIns: 8 }, fillPercent: 75, stale: true },
  ...{ asOfMs: driverNoon - 12 * minutesMs, cutUntilMs: driverNoon + 113 * minutesMs },
}

const { stations } = stationList.parse({
  stations: [
    {
      no: 42,
      name: 'Vastrapur CNG',
      address: 'Sardar Patel Ring Road, Ahmedabad',
      next: 0,
      live: crowded,
    },
    {
      no: 57,
      name: 'Naroda Highway CNG',
      address: 'NH 48, opposite the APMC yard',
      next: 70,
      live: calm,
    },
    {
      no: 61,
      name: 'Maninagar Mother Station',
      address: 'Bhairavnath Road',
      next: null,
      live: dry,
    },
  ].map(({ next, ...station }) => ({
    ...station,
    pricePaisePerKg: 8_950,
    nextFreeMs: next === null ? null : firstWindowMs + next * minutesMs,
    open: true,
  })),
})

const windows = (states: readonly ('free' | 'few' | 'full')[]): DriverWorld['windows'] =>
  windowList.parse({
    station: 42,
    windows: states.map((state, index) => ({
      startMs: firstWindowMs + index * windowMs,
      endMs: firstWindowMs + (index + 1) * windowMs,
      state,
      expectedWaitMin: state === 'full' ? null : 4 + (index % 4),
    })),
  }).windows

// As long as a real one: 140 bytes of COSE in base45 (architecture.md, Tokens).
const token = `BAARI1:${'6BF%RN%5E21A4G0NE*H 5KO-1'.repeat(9).slice(0, 210)}`

const ticket = (changes: Partial<Record<keyof Booking, unknown>>): Booking =>
  booking.parse({
    id: ticketId,
    station: 42,
    stationName: 'Vastrapur CNG',
    state: 'active',
    rev: 1,
    windowStartMs: firstWindowMs,
    windowEndMs: firstWindowMs + windowMs,
    expiresMs: firstWindowMs + 3 * windowMs,
    leaveByMs: firstWindowMs - 18 * minutesMs,
    plate: 'GJ01AB1234',
    vehicleClass: 'auto',
    grams: 4_000,
    payment: 'pump',
    pricePaisePerKg: 8_950,
    token,
    code: '482109371',
    holdUntilMs: null,
    fills: [],
    ...changes,
  })

const { slots } = recommendations.parse({
  slots: [
    { station: 42, name: 'Vastrapur CNG', ahead: 2, reasons: ['usual_time', 'soonest'], km: 3 },
    { station: 42, name: 'Vastrapur CNG', ahead: 6, reasons: ['nearest_free'], km: 3 },
    { station: 42, name: 'Vastrapur CNG', ahead: 12, reasons: [], km: 3 },
    { station: 57, name: 'Naroda Highway CNG', ahead: 7, reasons: ['shorter_wait'], km: 9 },
  ].map(({ station, name, ahead, reasons, km }) => ({
    ...{ station, stationName: name, reasons, pricePaisePerKg: 8_950, distanceKm: km },
    ...{ startMs: firstWindowMs + ahead * windowMs, endMs: firstWindowMs + (ahead + 1) * windowMs },
    eta: { medianMin: 4 * km, p90Min: 6 * km },
    wait: station === 42 ? { medianMin: 35, p90Min: 52 } : { medianMin: 4, p90Min: 9 },
  })),
})

const used = { token: null, code: null, leaveByMs: null }
const completedWith = (stars: number | null): Booking =>
  ticket({
    ...{ ...used, state: 'completed' },
    fills: [
      {
        ...{ grams: 3_805, amountPaise: 34_055, atMs: firstWindowMs + 4 * minutesMs },
        ...{ fill: '018f0000-0000-7000-8000-000000000f01', stars },
      },
    ],
  })
/** Ten past six in the evening: the lot of tomorrow's hour from six is open until seven. */
export const lotOpenMs = Date.parse('2026-11-22T12:40:00Z')
export const lotDrawnMs = Date.parse('2026-11-22T13:40:00Z')
const lotHourMs = Date.parse('2026-11-23T12:30:00Z')

const lot = lotEntry.parse({
  ...{ id: '018f0000-0000-7000-8000-000000000d01', hourMs: lotHourMs },
  drawAtMs: Date.parse('2026-11-22T13:30:00Z'),
})
const drawn = lotResult.parse({
  ...{ seedHash: 'ab'.repeat(32), seed: 'cd'.repeat(16), drawnAtMs: lot.drawAtMs },
  entries: [{ id: lot.id, place: 1, result: 'won' }],
})
/** What the phone keeps of its own entry. */
export const keptLot = JSON.stringify([
  {
    ...{ ...lot, station: 42, vehicle: ramesh.vehicles[0]?.id },
    windowStartMs: lotHourMs + 2 * windowMs,
  },
])

const signedIn: DriverWorld = {
  driver: ramesh,
  stations,
  windows: windows(Array.from({ length: 60 }, (_, index) => (index % 7 === 3 ? 'few' : 'free'))),
  bookings: [],
}
const withTicket = (one: Booking): DriverWorld => ({ ...signedIn, bookings: [one] })

export const driverWorlds = {
  stranger: { ...signedIn, driver: null },
  signedIn,
  suggested: { ...signedIn, slots },
  newcomer: { ...signedIn, driver: { ...ramesh, vehicles: [] } },
  few: { ...signedIn, windows: windows(['full', 'few', 'full', 'full', 'few', 'full']) },
  none: { ...signedIn, windows: windows(['full', 'full']) },
  notLent: { ...signedIn, lent: false, windows: windows(['full', 'full']) },
  lowGas: { ...signedIn, fillPercent: 75 },
  lot: { ...signedIn, lot, lotResult: drawn },
  nowhere: { ...signedIn, driver: null, stations: [] },
  active: withTicket(ticket({})),
  lowGasTicket: withTicket(ticket({ expectedGrams: 3_000 })),
  retime: withTicket(
    ticket({
      retime: {
        windowStartMs: firstWindowMs + 50 * minutesMs,
        windowEndMs: firstWindowMs + 60 * minutesMs,
        untilMs: driverNoon + 9 * minutesMs,
        cause: 'capacity',
      },
    }),
  ),
  delayed: withTicket(
    ticket({ delayMin: 25, expiresMs: firstWindowMs + 3 * windowMs + 25 * minutesMs }),
  ),
  checkedIn: withTicket(ticket({ state: 'checked_in' })),
  completed: withTicket(completedWith(null)),
  rated: withTicket(completedWith(4)),
  cancelled: withTicket(ticket({ ...used, state: 'cancelled' })),
  missed: withTicket(ticket({ ...used, state: 'no_show' })),
} satisfies Readonly<Record<string, DriverWorld>>
