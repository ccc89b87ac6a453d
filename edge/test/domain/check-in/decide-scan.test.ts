import { laneNo, stationNo } from '@baari/shared/units/names'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import { after, dayNumber, minutes } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { decideScan } from '../../../src/domain/check-in/decide-scan.ts'
import type { BookingFacts, ReadingFacts } from '../../../src/domain/check-in/scan-facts.ts'
import {
  at,
  booking,
  fill,
  policy,
  scan,
  today,
  token,
  use,
  windowStart,
  type ScanChange,
} from '../../support/scan-builders.ts'

const verdictOf = (reading: ReadingFacts, change?: ScanChange) =>
  decideScan(scan(reading, change)).verdict

/** A token whose booking no row describes: only what the signature proves. */
const alone = (change: Partial<BookingFacts> = {}) =>
  token({ known: 'alone', driverName: null, lanes: null, ...change })

describe('check-in at the lane', () => {
  it('P1 a booking inside its window is admitted and shows cylinder and note', () => {
    const decision = decideScan(scan(token({ note: 'child seat' })))
    expect(decision).toMatchObject({
      verdict: 'ADMIT',
      claim: { useNo: 1, vehicle: { plate: 'GJ01AB1234' } },
      gate: 'entry',
      facts: { note: 'child seat', retestDay: dayOfIsoDate('2027-06-30') },
    })
  })

  it('P2 an auto is admitted in a lane limited to autos', () => {
    expect(verdictOf(token(), { lane: 2 })).toBe('ADMIT')
  })

  it('P4 a text that names nothing is UNKNOWN', () => {
    const medium = { kind: 'medium', active: true, bookings: [] } as const
    expect(decideScan(scan(medium))).toMatchObject({ verdict: 'UNKNOWN', claim: null })
  })

  it('P5 a cancelled booking is CANCELLED without a check-in', () => {
    expect(decideScan(scan(token({ state: 'over' })))).toMatchObject({
      verdict: 'CANCELLED',
      claim: null,
    })
  })

  it('P6 an open payment is UNPAID, names vehicle and driver and offers pay at pump', () => {
    expect(decideScan(scan(token({ state: 'open-payment' })))).toMatchObject({
      verdict: 'UNPAID',
      facts: { name: 'Ramesh', plate: 'GJ01AB1234', payAtPump: 1 },
      claim: null,
    })
    const collected = { answer: 'collect-cash' }
    expect(verdictOf(token({ state: 'open-payment' }), collected)).toBe('ADMIT')
  })

  it('P8 a policy without pay at pump beats the attendant who collects cash', () => {
    const strict = { policy: { ...policy, payAtPump: false }, answer: 'collect-cash' }
    expect(verdictOf(token({ state: 'open-payment' }), strict)).toBe('UNPAID')
  })

  it('P11 a blocked booking is BLOCKED with name and reason', () => {
    expect(decideScan(scan(token({ blockedReason: 'stolen vehicle' })))).toMatchObject({
      verdict: 'BLOCKED',
      facts: { name: 'Ramesh', reason: 'stolen vehicle' },
    })
  })

  it('a vehicle under review is REVIEW', () => {
    expect(verdictOf(token({ underReview: true }))).toBe('REVIEW')
  })

  it.each([
    ['09:10', 'ADMIT', true],
    ['09:10:01', 'LATE', true],
    ['09:30:01', 'NO_SHOW', false],
  ] as const)('P12 a scan at %s is %s', (clock, verdict, claims) => {
    const decision = decideScan(scan(token(), { now: at(clock) }))
    expect(decision.verdict).toBe(verdict)
    expect(decision.claim !== null).toBe(claims)
  })

  it('P14 a bus at an auto lane is WRONG_CLASS and the right lane is named', () => {
    const bus = token({ vehicleClass: 'bus' })
    const noOpenLane = { ...policy, lanes: policy.lanes.filter(({ no }) => no !== 1) }
    expect(decideScan(scan(bus, { lane: 2, policy: noOpenLane }))).toMatchObject({
      verdict: 'WRONG_CLASS',
      facts: { vehicleClass: 'bus', lane: 3 },
    })
  })

  it('P15 a booking the cloud knows as redeemed is USED', () => {
    const redeemed = use({ state: 'redeemed', inQueue: false })
    expect(decideScan(scan(token({ uses: [redeemed] })))).toMatchObject({
      verdict: 'USED',
      facts: { lane: 1, atMs: at('08:58') },
    })
    expect(verdictOf(token({ state: 'consumed' }))).toBe('USED')
  })

  it('P16 a claimed use is PRESENT with lane and time, a redeemed one USED', () => {
    expect(decideScan(scan(token({ uses: [use()] })))).toMatchObject({
      verdict: 'PRESENT',
      facts: { lane: 1, atMs: at('08:58') },
    })
    const filling = use({ state: 'redeemed', inQueue: false })
    expect(verdictOf(token({ uses: [filling] }))).toBe('USED')
  })

  it('P16 a vehicle already here is PRESENT even after its window', () => {
    expect(verdictOf(token({ uses: [use()] }), { now: at('11:00') })).toBe('PRESENT')
  })

  it('P18 a pass of two uses, filled in between, is admitted twice', () => {
    const first = decideScan(scan(token({ maxUses: 2 })))
    const done = use({ state: 'redeemed', inQueue: false })
    const second = decideScan(scan(token({ maxUses: 2, uses: [done] })))
    expect([first.claim?.useNo, second.claim?.useNo]).toEqual([1, 2])
  })

  it('a released use may be claimed again', () => {
    const uses = [use({ state: 'released', inQueue: false })]
    expect(decideScan(scan(token({ uses }))).claim?.useNo).toBe(1)
  })

  it('a part-filled use goes on with its rest and claims no second one', () => {
    const uses = [use({ state: 'redeemed', inQueue: false, partFilled: true })]
    const decision = decideScan(scan(token({ uses, fills: [fill(at('08:59'), 900)] })))
    expect(decision.claim).toMatchObject({ useNo: 1, continued: true })
  })

  it('P19 exits are accepted however often they are scanned', () => {
    const uses = [use()]
    const exits = [1, 2].map(() => decideScan(scan(token({ uses }), { lane: 9 })))
    expect(exits.map(({ verdict, gate, claim }) => [verdict, gate, claim])).toEqual([
      ['ADMIT', 'exit', null],
      ['ADMIT', 'exit', null],
    ])
  })

  it('P21 after entry, fill and exit a further entry is USED', () => {
    const uses = [use({ state: 'redeemed', inQueue: false })]
    expect(decideScan(scan(token({ uses }), { lane: 9 })).gate).toBe('exit')
    expect(decideScan(scan(token({ uses })))).toMatchObject({ verdict: 'USED', gate: null })
  })

  const fleet = (change: Partial<BookingFacts> = {}) =>
    token({
      vehicleClass: 'bus',
      vehicles: [
        { plate: 'GJ01AA0001', vehicleClass: 'bus' },
        { plate: 'GJ01AA0002', vehicleClass: 'auto' },
        { plate: 'GJ01AA0003', vehicleClass: 'bus' },
      ],
      maxUses: 3,
      ...change,
    })

  it('P22 a fleet token with vehicle matching off is held to its own class', () => {
    const off = { policy: { ...policy, matchGroupVehicle: false }, lane: 2 }
    expect(decideScan(scan(fleet(), off))).toMatchObject({ verdict: 'WRONG_CLASS', claim: null })
  })

  it('P23 of a fleet token the one vehicle that fits the lane is admitted', () => {
    expect(decideScan(scan(fleet(), { lane: 2 }))).toMatchObject({
      verdict: 'ADMIT',
      claim: { vehicle: { plate: 'GJ01AA0002' } },
    })
  })

  it('P23 with two fitting vehicles the attendant chooses the plate', () => {
    expect(decideScan(scan(fleet(), { lane: 3 }))).toMatchObject({
      verdict: 'AMBIGUOUS',
      facts: { plates: 'GJ01AA0001,GJ01AA0003' },
    })
    const chosen = decideScan(scan(fleet(), { lane: 3, chosenPlate: 'GJ01AA0003' }))
    expect(chosen.claim?.vehicle.plate).toBe('GJ01AA0003')
  })

  it('P25 a rule for lane 1 stops lanes 2 and 3, a rule for 1 and 2 admits in 2', () => {
    const bookingRule = (lanes: number[]) => token({ lanes: lanes.map(laneNo) })
    expect(verdictOf(bookingRule([1]), { lane: 2 })).toBe('LANE_RULE')
    expect(verdictOf(token({ lanes: [laneNo(1)], vehicleClass: 'bus' }), { lane: 3 })).toBe(
      'LANE_RULE',
    )
    expect(verdictOf(bookingRule([1, 2]), { lane: 2 })).toBe('ADMIT')
  })

  it('P25 the station rule holds for tokens known by signature alone', () => {
    const only = (lanes: number[]) => ({ policy: { ...policy, bookedLanes: lanes.map(laneNo) } })
    expect(verdictOf(alone(), { ...only([1]), lane: 2 })).toBe('LANE_RULE')
    expect(verdictOf(alone(), { ...only([1, 2]), lane: 2 })).toBe('ADMIT')
  })

  it('P26 a pass of five uses and three entries: the third is admitted, the fourth LIMIT', () => {
    const filled = (n: number) =>
      Array.from({ length: n }, (_, i) => use({ useNo: i + 1, state: 'redeemed', inQueue: false }))
    const pass = (n: number) => token({ maxUses: 5, maxEntries: 3, uses: filled(n) })
    expect(verdictOf(pass(2))).toBe('ADMIT')
    expect(decideScan(scan(pass(3)))).toMatchObject({
      verdict: 'LIMIT',
      facts: { reason: 'entries', limit: 3 },
    })
  })

  it.each([
    ['08:39', 20, 'TOO_EARLY'],
    ['08:45', 20, 'ADMIT'],
    ['08:55', 20, 'ADMIT'],
    ['09:10', 20, 'ADMIT'],
    ['08:51', 0, 'TOO_EARLY'],
  ] as const)(
    'P30 at %s with a grace of %i min a window of 09:00 says %s',
    (clock, grace, verdict) => {
      const rules = { ...policy, earlyGraceMs: minutes(grace) }
      expect(verdictOf(token(), { now: at(clock), policy: rules })).toBe(verdict)
    },
  )

  const odometer = {
    text: 'Odometer?',
    required: true,
    at: 'check-in',
    classes: null,
    answered: false,
  } as const

  it('P33 a required prompt is asked, then admitted once answered', () => {
    expect(decideScan(scan(token({ prompt: odometer })))).toMatchObject({
      verdict: 'PROMPT',
      facts: { text: 'Odometer?' },
      claim: null,
    })
    expect(verdictOf(token({ prompt: odometer }), { answer: '48210' })).toBe('ADMIT')
    expect(verdictOf(token({ prompt: odometer }), { answer: '  ' })).toBe('PROMPT')
  })

  it.each([
    ['optional', { required: false }],
    ['already answered', { answered: true }],
    ['meant for the fill', { at: 'fill' }],
    ['meant for another class', { classes: ['bus'] }],
  ] as const)('P35 a prompt that is %s is not asked', (_name, change) => {
    expect(verdictOf(token({ prompt: { ...odometer, ...change } }))).toBe('ADMIT')
  })

  it('P38 a booking known by its signature alone is admitted inside its window', () => {
    expect(verdictOf(alone())).toBe('ADMIT')
  })

  it('P41 a token on the revocation list is REVOKED', () => {
    const denied = { minRev: 2, reason: 'replaced' }
    expect(decideScan(scan(token({ denied })))).toMatchObject({ verdict: 'REVOKED', claim: null })
  })

  it('P42 a token on the block list is BLOCKED though no row is known', () => {
    const denied = { minRev: 256, reason: 'blocked: unpaid dues' }
    expect(decideScan(scan(alone({ denied })))).toMatchObject({
      verdict: 'BLOCKED',
      facts: { reason: 'unpaid dues' },
      claim: null,
    })
  })

  it('P44 an altered signature is FORGED and an undecodable payload UNREADABLE', () => {
    expect(decideScan(scan({ kind: 'forged' }))).toMatchObject({ verdict: 'FORGED', claim: null })
    expect(verdictOf({ kind: 'unreadable' })).toBe('UNREADABLE')
  })

  it('P46 a scanner between two stations takes the tokens of both', () => {
    const both = { policy: { ...policy, serves: [stationNo(42), stationNo(43)] } }
    const neighbour = {
      kind: 'token',
      audience: stationNo(43),
      rev: 1,
      booking: booking(),
    } as const
    expect(verdictOf(neighbour, both)).toBe('ADMIT')
    expect(verdictOf({ ...neighbour, booking: booking({ uses: [use()] }) }, both)).toBe('PRESENT')
    const group = fleet({ uses: [use()] })
    expect(verdictOf(group, { ...both, lane: 2 })).toBe('ADMIT')
  })

  it('P48 an expired cylinder is refused by token or by record, in any state of the booking', () => {
    const past = dayNumber(today - 1)
    expect(verdictOf(token({ retestDay: past }))).toBe('CYLINDER_EXPIRED')
    const record = { retestDay: past, corrected: false }
    expect(verdictOf(token({ record }))).toBe('CYLINDER_EXPIRED')
    const early = { now: at('07:00') }
    expect(verdictOf(token({ retestDay: past }), early)).toBe('CYLINDER_EXPIRED')
    expect(verdictOf(token({ retestDay: past }), { answer: 'collect-cash' })).toBe(
      'CYLINDER_EXPIRED',
    )
    expect(verdictOf(token({ retestDay: today }))).toBe('ADMIT')
  })

  it('P49 a date the manager corrected outranks the mistyped one', () => {
    const retestDay = dayNumber(today - 400)
    const record = { retestDay: dayNumber(today + 400), corrected: true }
    expect(verdictOf(token({ retestDay, record }))).toBe('ADMIT')
    expect(verdictOf(token({ retestDay, record: { ...record, corrected: false } }))).toBe(
      'CYLINDER_EXPIRED',
    )
  })

  it('P50 a token past its end is NO_SHOW; extended to s+60 a scan at s+45 is LATE', () => {
    expect(verdictOf(token(), { now: at('09:45') })).toBe('NO_SHOW')
    const expires = after(windowStart, minutes(60))
    expect(verdictOf(token({ expires }), { now: at('09:45') })).toBe('LATE')
  })

  it('P53 a token for another station is WRONG_STATION and names it', () => {
    const reading = { kind: 'token', audience: stationNo(7), rev: 1, booking: booking() } as const
    expect(decideScan(scan(reading))).toMatchObject({
      verdict: 'WRONG_STATION',
      facts: { station: 7 },
      claim: null,
    })
  })

  it('P54 revision 1 after a re-time to revision 2 is REVOKED with the new window', () => {
    const moved = { rev: 2, windowStart: at('09:30'), expires: at('10:00') }
    expect(decideScan(scan(token(moved, 1)))).toMatchObject({
      verdict: 'REVOKED',
      facts: { windowStartMs: at('09:30') },
    })
    expect(verdictOf(token(moved, 2), { now: at('09:30') })).toBe('ADMIT')
  })

  it('P56 with an uncertain clock a scan at s+12 is admitted and the doubt shown', () => {
    expect(decideScan(scan(token(), { now: at('09:12'), trusted: false }))).toMatchObject({
      verdict: 'ADMIT',
      facts: { clock: 'uncertain' },
    })
  })
})

describe('what a decision always holds', () => {
  it('only ADMIT and LATE on the way in claim a use', () => {
    const readings = [token(), token({ uses: [use()] }), token({ state: 'over' })]
    const clocks = ['08:00', '09:05', '09:20', '12:00']
    for (const reading of readings) {
      for (const clock of clocks) {
        const decision = decideScan(scan(reading, { now: at(clock) }))
        const claims = decision.verdict === 'ADMIT' || decision.verdict === 'LATE'
        expect(decision.claim !== null).toBe(claims)
      }
    }
  })
})
