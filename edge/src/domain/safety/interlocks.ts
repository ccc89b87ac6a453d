import type { Refusal } from '@baari/shared/faults/no'
import type { RefusalCode } from '@baari/shared/faults/catalogue'
import type { FillEvent } from '../fill/fill-states.ts'
import {
  readyLife,
  type AuthoriseFacts,
  type Condition,
  type Interlock,
  type TripCause,
  type TripFacts,
} from './interlock-facts.ts'
import { trusted, type SafetyReadings } from './safety-readings.ts'

/**
 * Who can end it. `itself`: it is over with its cause. Nobody can go past a condition: a person
 * only removes its cause, or resets what stays after the cause is gone.
 */
export type Clearer = 'itself' | 'driver' | 'attendant' | 'manager' | 'technician'

/** What must hold before an authorise, and the refusal when it does not. */
export type Guard = {
  readonly holds: (facts: AuthoriseFacts) => boolean
  readonly code: RefusalCode
  readonly facts?: (facts: AuthoriseFacts) => Refusal['facts']
  readonly clearedBy: Clearer
}

/** Latching: what it stopped stays stopped until a person resets it (hardware.md 10.3, 10.4). */
export type AllStop = {
  readonly reach: 'every-dispenser'
  readonly when: (facts: TripFacts) => boolean
  readonly clearedBy: 'attendant' | 'manager'
}

/** Stops that other tables decide: the fill's rules on this event, the node when its ledger fails. */
export type OwnStop =
  | {
      readonly reach: 'own-dispenser'
      readonly on: FillEvent['kind']
      readonly clearedBy: Clearer
    }
  | {
      readonly reach: 'every-dispenser'
      readonly on: 'ledger-lost'
      readonly clearedBy: Clearer
    }

/** A condition must have its guard, a cause of an all-stop its `when`: neither compiles without. */
export type InterlockRow<I extends Interlock = Interlock> = {
  /** Rule of hardware.md section 10. */
  readonly rule: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
  readonly authorise: I extends Condition ? Guard : null
  readonly stops: I extends TripCause ? AllStop : OwnStop | null
}

/**
 * The whole table. Order matters twice: conditions stand in the order in which a person can do
 * something about them, and the first cause of an all-stop that is there names it.
 */
export const interlocks: { readonly [I in Interlock]: InterlockRow<I> } = {
  'trip-reset': {
    rule: 4,
    authorise: { holds: (f) => !f.tripLatched, code: 'interlock_open', clearedBy: 'attendant' },
    stops: null,
  },
  esd: {
    rule: 3,
    authorise: {
      holds: ({ safety }) => esdHealthy(safety),
      code: 'interlock_open',
      clearedBy: 'itself',
    },
    stops: {
      reach: 'every-dispenser',
      when: ({ readings }) => esdOpen(readings),
      clearedBy: 'attendant',
    },
  },
  gas: {
    rule: 3,
    authorise: {
      holds: ({ safety }) => gasBelowWarning(safety),
      code: 'interlock_open',
      clearedBy: 'itself',
    },
    stops: {
      reach: 'every-dispenser',
      when: ({ readings }) => gasAtStop(readings),
      clearedBy: 'attendant',
    },
  },
  'gas-lost': {
    rule: 2,
    authorise: null,
    stops: {
      reach: 'every-dispenser',
      when: ({ readings, stopOnLostDetector }) => stopOnLostDetector && detectorLost(readings),
      clearedBy: 'attendant',
    },
  },
  hose: {
    rule: 8,
    authorise: null,
    stops: {
      reach: 'every-dispenser',
      when: ({ hoseTorn }) => hoseTorn,
      clearedBy: 'attendant',
    },
  },
  'bank-pressure': {
    rule: 8,
    authorise: {
      holds: ({ safety }) => bankFull(safety),
      code: 'interlock_open',
      clearedBy: 'itself',
    },
    stops: null,
  },
  attendant: {
    rule: 1,
    authorise: {
      holds: (f) => f.attendantSignedIn,
      code: 'not_signed_in',
      clearedBy: 'attendant',
    },
    stops: null,
  },
  ready: {
    rule: 5,
    authorise: {
      holds: ({ readyAgeMs }) => readyAgeMs !== null && readyAgeMs <= readyLife,
      code: 'not_at_position',
      clearedBy: 'attendant',
    },
    stops: null,
  },
  'token-use': {
    rule: 1,
    authorise: {
      holds: (f) => f.useClaimedByTicket !== false,
      code: 'token_in_use',
      clearedBy: 'attendant',
    },
    stops: null,
  },
  ticket: {
    rule: 1,
    authorise: {
      holds: (f) => f.ticketCalledHere,
      code: 'ticket_not_waiting',
      clearedBy: 'attendant',
    },
    stops: null,
  },
  'vehicle-record': {
    rule: 1,
    authorise: {
      holds: (f) => f.plateRecorded && f.retestDay !== null,
      code: 'retest_missing',
      clearedBy: 'attendant',
    },
    stops: null,
  },
  cylinder: {
    rule: 6,
    authorise: {
      holds: (f) => f.retestDay !== null && f.retestDay >= f.today,
      code: 'retest_expired',
      facts: ({ retestDay }) => (retestDay === null ? {} : { retestDay }),
      clearedBy: 'driver',
    },
    stops: null,
  },
  dispenser: {
    rule: 1,
    authorise: {
      holds: ({ dispenser }) => dispenser.atRest && dispenser.quality === 'good',
      code: 'position_unavailable',
      clearedBy: 'itself',
    },
    stops: { reach: 'own-dispenser', on: 'device-fault', clearedBy: 'itself' },
  },
  'open-fill': {
    rule: 1,
    authorise: { holds: (f) => !f.openFill, code: 'position_busy', clearedBy: 'itself' },
    stops: null,
  },
  meter: {
    rule: 1,
    authorise: { holds: (f) => !f.meterFrozen, code: 'position_unavailable', clearedBy: 'manager' },
    stops: { reach: 'own-dispenser', on: 'flow', clearedBy: 'manager' },
  },
  configuration: {
    rule: 1,
    authorise: {
      holds: (f) => f.configurationVerified,
      code: 'position_unavailable',
      clearedBy: 'technician',
    },
    stops: null,
  },
  'disk-reserve': {
    rule: 1,
    authorise: { holds: (f) => f.diskReserveFree, code: 'disk_reserve', clearedBy: 'technician' },
    stops: null,
  },
  preset: {
    rule: 1,
    authorise: null,
    stops: { reach: 'own-dispenser', on: 'flow', clearedBy: 'attendant' },
  },
  ledger: {
    rule: 4,
    authorise: null,
    stops: { reach: 'every-dispenser', on: 'ledger-lost', clearedBy: 'itself' },
  },
}

export const interlockNames = Object.keys(interlocks) as readonly Interlock[]

function esdHealthy({ esd }: SafetyReadings): boolean {
  return esd === null || (trusted(esd) && esd.value === 'healthy')
}

/** A broken ESD wire reads as tripped, stale or bad, and all three stop (X01). */
function esdOpen({ esd }: SafetyReadings): boolean {
  if (esd === null) return false
  return esd.value !== 'healthy' || esd.quality === 'stale' || esd.quality === 'bad'
}

function gasBelowWarning({ gas }: SafetyReadings): boolean {
  return gas.every(({ reading, warnPercentLel }) => {
    return trusted(reading) && reading.value < warnPercentLel
  })
}

function gasAtStop({ gas }: SafetyReadings): boolean {
  return gas.some(({ reading, stopPercentLel }) => {
    return trusted(reading) && reading.value >= stopPercentLel
  })
}

function detectorLost({ gas }: SafetyReadings): boolean {
  return gas.some(({ reading }) => reading.quality === 'stale' || reading.quality === 'bad')
}

function bankFull({ bank }: SafetyReadings): boolean {
  return bank === null || (trusted(bank.reading) && bank.reading.value >= bank.minMbar)
}
