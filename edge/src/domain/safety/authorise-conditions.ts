import { refusal, type Refusal } from '@baari/shared/faults/no'
import { seconds, type DayNumber, type Millis } from '@baari/shared/units/time'
import { trusted, type Quality, type SafetyReadings } from './safety-readings.ts'

/** The attendant's *ready* counts for this long; after it the vehicle may have moved. */
export const readyLife = seconds(60)

/** Everything hardware.md section 10.1 asks for, as plain facts of one moment. */
export type AuthoriseFacts = {
  readonly safety: SafetyReadings
  /** An all-stop that no attendant has reset yet. */
  readonly tripLatched: boolean
  readonly attendantSignedIn: boolean
  /** Age of the attendant's *ready* at this position; null when it was never given or is spent. */
  readonly readyAgeMs: Millis | null
  readonly ticketCalledHere: boolean
  /** Null for a walk-in, whose called ticket is enough. */
  readonly useClaimedByTicket: boolean | null
  readonly plateRecorded: boolean
  readonly retestDay: DayNumber | null
  readonly today: DayNumber
  readonly dispenser: { readonly atRest: boolean; readonly quality: Quality }
  readonly openFill: boolean
  /** A step of the totaliser that nobody has explained (D02). */
  readonly meterFrozen: boolean
  /** `station.control`, the device's own flag, commissioning done, totals of a refusable type. */
  readonly configurationVerified: boolean
  readonly diskReserveFree: boolean
}

export type Condition =
  | 'trip-reset'
  | 'esd'
  | 'gas'
  | 'bank-pressure'
  | 'attendant'
  | 'ready'
  | 'ticket'
  | 'token-use'
  | 'vehicle-record'
  | 'cylinder'
  | 'dispenser'
  | 'open-fill'
  | 'meter'
  | 'configuration'
  | 'disk-reserve'

type Rule = {
  readonly holds: (facts: AuthoriseFacts) => boolean
  readonly no: (facts: AuthoriseFacts) => Refusal
}

const interlock = (condition: Condition) => (): Refusal => refusal('interlock_open', { condition })
const unavailable =
  (condition: Condition): (() => Refusal) =>
  () =>
    refusal('position_unavailable', { condition })

/** The whole table of conditions, in the order in which a person can do something about them. */
const rules: { readonly [C in Condition]: Rule } = {
  'trip-reset': { holds: (f) => !f.tripLatched, no: interlock('trip-reset') },
  esd: { holds: ({ safety }) => esdHealthy(safety), no: interlock('esd') },
  gas: { holds: ({ safety }) => gasBelowWarning(safety), no: interlock('gas') },
  'bank-pressure': { holds: ({ safety }) => bankFull(safety), no: interlock('bank-pressure') },
  attendant: { holds: (f) => f.attendantSignedIn, no: () => refusal('not_signed_in') },
  ready: {
    holds: ({ readyAgeMs }) => readyAgeMs !== null && readyAgeMs <= readyLife,
    no: () => refusal('not_at_position'),
  },
  'token-use': {
    holds: (f) => f.useClaimedByTicket !== false,
    no: () => refusal('token_in_use'),
  },
  ticket: { holds: (f) => f.ticketCalledHere, no: () => refusal('ticket_not_waiting') },
  'vehicle-record': {
    holds: (f) => f.plateRecorded && f.retestDay !== null,
    no: () => refusal('retest_missing'),
  },
  cylinder: {
    holds: (f) => f.retestDay !== null && f.retestDay >= f.today,
    no: ({ retestDay }) => refusal('retest_expired', retestDay === null ? {} : { retestDay }),
  },
  dispenser: {
    holds: ({ dispenser }) => dispenser.atRest && dispenser.quality === 'good',
    no: unavailable('dispenser'),
  },
  'open-fill': { holds: (f) => !f.openFill, no: () => refusal('position_busy') },
  meter: { holds: (f) => !f.meterFrozen, no: unavailable('meter') },
  configuration: { holds: (f) => f.configurationVerified, no: unavailable('configuration') },
  'disk-reserve': { holds: (f) => f.diskReserveFree, no: () => refusal('disk_reserve') },
}

export const conditions = Object.keys(rules) as readonly Condition[]

export type OpenCondition = { readonly condition: Condition; readonly refusal: Refusal }

/** The conditions that do not hold; a fill may be authorised only when there are none. */
export function openConditions(facts: AuthoriseFacts): readonly OpenCondition[] {
  return conditions
    .filter((condition) => !rules[condition].holds(facts))
    .map((condition) => ({ condition, refusal: rules[condition].no(facts) }))
}

function esdHealthy({ esd }: SafetyReadings): boolean {
  return esd === null || (trusted(esd) && esd.value === 'healthy')
}

function gasBelowWarning({ gas }: SafetyReadings): boolean {
  return gas.every(({ reading, warnPercentLel }) => {
    return trusted(reading) && reading.value < warnPercentLel
  })
}

function bankFull({ bank }: SafetyReadings): boolean {
  return bank === null || (trusted(bank.reading) && bank.reading.value >= bank.minMbar)
}
