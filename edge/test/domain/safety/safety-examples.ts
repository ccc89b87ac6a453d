import { millibar } from '@baari/shared/units/pressure'
import { dayNumber, millis } from '@baari/shared/units/time'
import type { AuthoriseFacts } from '../../../src/domain/safety/interlock-facts.ts'
import type { Quality, SafetyReadings } from '../../../src/domain/safety/safety-readings.ts'

/** A gas detector that warns at 20 and stops at 40 per cent of the lower explosive limit. */
export const detector = (percent: number | null, quality: Quality = 'good') => ({
  id: 'lel-1',
  reading: { value: percent, quality },
  warnPercentLel: 20,
  stopPercentLel: 40,
})

/** A station whose every input is configured and well. */
export const calm: SafetyReadings = {
  esd: { value: 'healthy', quality: 'good' },
  gas: [detector(3)],
  bank: { reading: { value: millibar(210_000), quality: 'good' }, minMbar: millibar(120_000) },
}

/** A booked vehicle of which everything holds. */
export const fine: AuthoriseFacts = {
  safety: calm,
  tripLatched: false,
  attendantSignedIn: true,
  readyAgeMs: millis(1_000),
  ticketCalledHere: true,
  useClaimedByTicket: true,
  plateRecorded: true,
  retestDay: dayNumber(20_400),
  today: dayNumber(20_400),
  dispenser: { atRest: true, quality: 'good' },
  openFill: false,
  meterFrozen: false,
  configurationVerified: true,
  diskReserveFree: true,
}
