import { delayOfWindow } from '@baari/shared/domain/dispatch/delay-amendment'
import {
  cylinderStop,
  deniedStop,
  entriesStop,
  laneStop,
  matchVehicle,
  promptStop,
  standingStop,
  supersededStop,
  unpaidStop,
} from './booking-checks.ts'
import { freeUse } from './claim-use.ts'
import { refused, type Decision } from './decision.ts'
import type { Stop } from './stop.ts'
import { fillLimit } from './fill-limits.ts'
import type { BookingFacts, ScanFacts, VehicleFacts } from './scan-facts.ts'
import { windowVerdict, type WindowFacts } from './window-verdict.ts'

/**
 * The verdict on one booking at one lane; the first reason found is the answer. The order is: is
 * the booking still good, is the vehicle safe, is it here already, is this its time, may it enter
 * here, may it fill now, is anything still to be asked. A booking that its vehicle already uses is
 * therefore PRESENT even after its window, and an expired cylinder is never hidden by a delay.
 */
export function decideBooking(booking: BookingFacts, rev: number, facts: ScanFacts): Decision {
  const about = { booking }
  const early = firstStop([
    () => deniedStop(booking, rev),
    () => standingStop(booking),
    () => supersededStop(booking, rev),
    () => cylinderStop(booking, facts.now),
  ])
  if (early) return refused(early, about)
  const use = freeUse(booking)
  if ('verdict' in use) return refused(use, about)
  const match = matchVehicle(booking, facts)
  if ('verdict' in match) return refused(match, about)
  const { vehicle } = match
  const late = firstStop([
    () => laneStop(booking, facts),
    () => (use.continued ? undefined : entriesStop(booking)),
    // A pass of several uses is a contract with its own count; the day's limits are for the rest.
    () => (booking.maxUses > 1 ? undefined : limitStop(booking, vehicle, facts)),
    () => unpaidStop(booking, facts),
  ])
  if (late) return refused(late, { booking, vehicle })
  const time = use.continued ? 'ADMIT' : windowVerdict(windowOf(booking, facts), facts.now)
  const shown = flagsOf(booking, facts)
  if (time === 'TOO_EARLY' || time === 'NO_SHOW') {
    return refused({ verdict: time, facts: shown }, { booking, vehicle })
  }
  const prompt = promptStop(booking, vehicle, facts.answer)
  if (prompt) return refused(prompt, { booking, vehicle })
  const claim = { ...use, vehicle }
  return { verdict: time, facts: shown, booking, vehicle, claim, wrongTag: false, gate: 'entry' }
}

function limitStop(
  { fills }: BookingFacts,
  { vehicleClass }: VehicleFacts,
  { policy: { limits, zone }, now }: ScanFacts,
): Stop | undefined {
  return fillLimit({ limits, zone, fills, vehicleClass }, now)
}

export function windowOf(
  { windowStart, expires }: BookingFacts,
  { policy: { earlyGraceMs }, delays, trusted }: ScanFacts,
): WindowFacts {
  const delayMs = delayOfWindow(delays, windowStart)
  return { windowStart, expires, earlyGraceMs, delayMs, trusted }
}

function firstStop(checks: readonly (() => Stop | undefined)[]): Stop | undefined {
  for (const check of checks) {
    const found = check()
    if (found) return found
  }
  return undefined
}

/** What an attendant should see beside the verdict: window, cylinder, note, an unsure clock. */
function flagsOf(booking: BookingFacts, { trusted }: ScanFacts): Decision['facts'] {
  const retestDay = booking.record?.retestDay ?? booking.retestDay
  return {
    windowStartMs: booking.windowStart,
    ...(retestDay === null ? {} : { retestDay }),
    ...(booking.note === null ? {} : { note: booking.note }),
    ...(trusted ? {} : { clock: 'uncertain' }),
  }
}
