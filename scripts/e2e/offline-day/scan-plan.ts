import { base45Of, bytesOfBase45 } from '@baari/shared/codecs/base45'
import { tokenPrefix } from '@baari/shared/codecs/token'
import { present } from '@baari/shared/faults/assert'
import type { Verdict } from '@baari/shared/domain/check-in/verdict'
import { istDay, slotMs } from '@baari/shared/units/ist-calendar'
import { dayNumber, instant, type Instant } from '@baari/shared/units/time'
import type { TokenPress } from '../../clients/token-press.ts'
import type { PlannedScan } from './planned-scan.ts'
import type { SeededBookings } from './seeded-bookings.ts'
import type { SoldBookings } from './sold-bookings.ts'
import type { StationCodes } from './station-codes.ts'

export type PlanParts = {
  readonly press: TokenPress
  readonly sold: SoldBookings
  readonly seeded: SeededBookings
  readonly codes: StationCodes
  readonly now: Instant
}

/** The scans of the day after the first vehicles were filled, in the order they are played. */
export function scanPlan(parts: PlanParts): readonly PlannedScan[] {
  return [
    ...goodOnes(parts),
    ...lateAndEarly(parts),
    ...fromElsewhere(parts),
    ...damaged(parts),
    ...guesses(parts),
    ...refusedForSafetyOrAge(parts),
  ]
}

type How = readonly [by: PlannedScan['by'], lane: 1 | 2]

const scan = (
  [id, given, expected]: readonly [string, string, Verdict],
  [by, lane]: How,
  text: string,
): PlannedScan => ({ id, given, by, lane, text, expected })

/** Window start so many whole slots away from the current one. */
const slotsAway = (now: Instant, slots: number): Instant =>
  instant((Math.floor(now / slotMs) + slots) * slotMs)

function goodOnes({ press, sold, codes, now }: PlanParts): readonly PlannedScan[] {
  const [first, second, third] = sold.goShows
  const unheard = (): string => press.print({ windowStart: slotsAway(now, 0) })
  return [
    scan(['P30', 'synced, s−20 to s: go-show', 'ADMIT'], ['scanner', 1], first?.token ?? ''),
    scan(['P30', 'synced, go-show', 'ADMIT'], ['scanner', 2], second?.token ?? ''),
    scan(['P1', 'synced code typed, go-show', 'ADMIT'], ['keypad', 1], third?.code ?? ''),
    scan(['P38', 'good signature, never synced', 'ADMIT'], ['scanner', 1], unheard()),
    scan(['P38', 'good signature, never synced', 'ADMIT'], ['scanner', 2], unheard()),
    scan(['P38', 'good signature, never synced', 'ADMIT'], ['camera', 1], unheard()),
    scan(['P55', 'right code, never synced', 'ADMIT'], ['keypad', 1], codes.unsynced[0]),
  ]
}

function lateAndEarly({ press, sold, seeded, now }: PlanParts): readonly PlannedScan[] {
  const unheard = (slots: number): string => press.print({ windowStart: slotsAway(now, slots) })
  return [
    scan(['P12', 'synced, s+15 to s+20', 'LATE'], ['scanner', 1], seeded.late.token),
    scan(['P12', 'never synced, s+15 to s+20', 'LATE'], ['scanner', 2], unheard(-3)),
    scan(['P30', 'synced, an hour early', 'TOO_EARLY'], ['scanner', 1], sold.inAnHour.token ?? ''),
    scan(['P30', 'never synced, an hour early', 'TOO_EARLY'], ['scanner', 2], unheard(12)),
    scan(['P12', 'synced, past s+30', 'NO_SHOW'], ['scanner', 1], seeded.over.token),
    scan(['P50', 'never synced, past its exp', 'NO_SHOW'], ['scanner', 2], unheard(-8)),
  ]
}

function fromElsewhere({ press, now }: PlanParts): readonly PlannedScan[] {
  const windowStart = slotsAway(now, 0)
  const other = press.print({ windowStart, station: 43 })
  const another = press.print({ windowStart, station: 44 })
  const kiosk = press.printAtKiosk({ windowStart, station: 43 })
  return [
    scan(['P53', 'audience is station 43', 'WRONG_STATION'], ['scanner', 1], other),
    scan(['P53', 'audience is station 44', 'WRONG_STATION'], ['camera', 2], another),
    scan(['P53', 'signed by kiosk of station 43', 'WRONG_STATION'], ['scanner', 2], kiosk),
  ]
}

function damaged({ press, now }: PlanParts): readonly PlannedScan[] {
  const windowStart = slotsAway(now, 0)
  const good = press.print({ windowStart })
  const forged = press.printForged({ windowStart })
  return [
    scan(['P44', 'last bit of the signature', 'FORGED'], ['scanner', 1], lastBitTurned(good)),
    scan(['P44', 'signed by a stranger', 'FORGED'], ['scanner', 2], forged),
    scan(
      ['P44', 'signature of another token', 'FORGED'],
      ['camera', 1],
      withSignatureOf(good, press.print({ windowStart })),
    ),
    scan(['P51', 'cut by one character', 'UNREADABLE'], ['scanner', 1], good.slice(0, -1)),
    scan(['P51', 'cut in the middle', 'UNREADABLE'], ['scanner', 2], good.slice(0, 80)),
    scan(['P51', 'only the prefix', 'UNREADABLE'], ['camera', 2], 'BAARI1:'),
    scan(['P4', 'a link to a shop', 'UNKNOWN'], ['scanner', 1], 'https://shop.example/7'),
  ]
}

/** Five wrong tags lock a lane for codes nobody has synced; a typing error between counts not. */
function guesses({ sold, codes }: PlanParts): readonly PlannedScan[] {
  const wrong = codes.wrongTags.map((code, index) =>
    scan(['P52', `wrong tag ${index + 1} of 5`, 'UNKNOWN'], ['keypad', 2], code),
  )
  const synced = sold.goShows[3]?.code ?? ''
  return [
    ...wrong.slice(0, 4),
    scan(['P52', 'check digit wrong', 'UNREADABLE'], ['keypad', 2], codes.mistyped),
    ...wrong.slice(4),
    scan(['P52', 'right code after five', 'CODE_LOCKED'], ['keypad', 2], codes.unsynced[1]),
    scan(['P52', 'synced code all the same', 'ADMIT'], ['keypad', 2], synced),
  ]
}

function refusedForSafetyOrAge({ press, seeded, now }: PlanParts): readonly PlannedScan[] {
  const retestDay = dayNumber(istDay(now) - 1)
  const unheard = press.print({ windowStart: slotsAway(now, 0), retestDay })
  return [
    scan(
      ['P48', 're-test day passed', 'CYLINDER_EXPIRED'],
      ['scanner', 1],
      seeded.oldCylinder.token,
    ),
    scan(['P48', 're-test passed, unsynced', 'CYLINDER_EXPIRED'], ['scanner', 2], unheard),
    scan(['P54', 'revision 1 after a re-time', 'REVOKED'], ['scanner', 1], seeded.superseded.token),
  ]
}

/** The same token but for the last bit of its signature. */
function lastBitTurned(token: string): string {
  const bytes = bytesOf(token)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return tokenPrefix + base45Of(bytes)
}

/** One token's claims under another's signature: a COSE_Sign1 ends with its 64 bytes. */
function withSignatureOf(token: string, other: string): string {
  const [claims, signature] = [bytesOf(token), bytesOf(other)]
  return tokenPrefix + base45Of(Uint8Array.of(...claims.slice(0, -64), ...signature.slice(-64)))
}

function bytesOf(token: string): Uint8Array {
  return present(bytesOfBase45(token.slice(tokenPrefix.length)), 'bytes of a token')
}
