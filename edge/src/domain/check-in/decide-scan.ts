import { unreachable } from '@baari/shared/faults/assert'
import { decideMedium } from './choose-booking.ts'
import { codesLocked } from './code-lock.ts'
import { decideBooking } from './decide-booking.ts'
import { decideExit } from './decide-exit.ts'
import { refused, type Decision } from './decision.ts'
import { stop } from './stop.ts'
import type { ReadingFacts, ScanFacts } from './scan-facts.ts'

type Code = Extract<ReadingFacts, { kind: 'code' }>

/**
 * What a scan comes to, from what was read and what the ledger knows. Pure: the command stores the
 * claim, the ticket, the failed scan and the outbox rows of the decision in one transaction.
 */
export function decideScan(facts: ScanFacts): Decision {
  const { reading, lane, policy } = facts
  const audience = audienceOf(reading)
  if (audience !== undefined && !policy.serves.includes(audience)) {
    return refused(stop('WRONG_STATION', { station: audience }))
  }
  if (lane.direction === 'exit') return decideExit(reading)
  switch (reading.kind) {
    case 'foreign': // A neighbour whose tokens this node serves but whose key it lacks.
    case 'forged':
      return refused(stop('FORGED'))
    case 'unreadable':
      return refused(stop('UNREADABLE'))
    case 'token':
      return decideBooking(reading.booking, reading.rev, facts)
    case 'code':
      return decideCode(reading, facts)
    case 'medium':
      return decideMedium(reading, facts)
    default:
      return unreachable(reading)
  }
}

function audienceOf(reading: ReadingFacts): ScanFacts['policy']['serves'][number] | undefined {
  if (reading.kind === 'foreign') return reading.station
  return reading.kind === 'token' ? reading.audience : undefined
}

/** A synced code is a booking like any other; the lock guards only codes nobody has synced. */
function decideCode(code: Code, facts: ScanFacts): Decision {
  const { booking, place } = code
  if (booking) return decideBooking(booking, booking.rev, facts)
  if (codesLocked(code) && !code.managerUnlocked) return refused(stop('CODE_LOCKED'))
  if (!place) return refused(stop('UNKNOWN'), { wrongTag: true })
  return decideBooking(place, place.rev, facts)
}
