import { randomInt } from 'node:crypto'
import { codeMac } from '@baari/cloud/adapters/keys/token-issuer'
import { dammDigit } from '@baari/shared/codecs/damm'
import {
  codeDays,
  encodeShortCode,
  readShortCode,
  type CodePlace,
} from '@baari/shared/codecs/short-code'
import { istDay, slotOfDay } from '@baari/shared/units/ist-calendar'
import type { Instant } from '@baari/shared/units/time'

export type StationCodes = {
  /** Right codes of the current slot that nobody sold and the station never synced. */
  readonly unsynced: readonly [string, string]
  /** Check digit right, tag wrong: guesses. */
  readonly wrongTags: readonly string[]
  /** A right code with one digit mistyped: the check digit tells. */
  readonly mistyped: string
}

/** Nine-digit codes under the station's own secret (architecture.md, Tokens). */
export function stationCodes(kStation: Uint8Array, now: Instant): StationCodes {
  const place = (n: number): CodePlace => ({ day: istDay(now), slot: slotOfDay(now), n })
  // 21 and 22 are the last the cloud would sell of a slot; the day's few sales never reach them.
  const code = (n: number): string => encodeShortCode(place(n), kStation, codeMac)
  const [first, second] = [code(21), code(22)] as const
  const wrongTags: string[] = []
  while (wrongTags.length < 5) {
    const guess = guessedCode()
    const right = codeDays(now).some(
      (day) => readShortCode(guess, day, { kStation, mac: codeMac }) !== undefined,
    )
    if (!right && !wrongTags.includes(guess)) wrongTags.push(guess)
  }
  const mistyped = `${(Number(first[0]) + 1) % 10}${first.slice(1)}`
  return { unsynced: [first, second], wrongTags, mistyped }
}

function guessedCode(): string {
  const digits = String(randomInt(100_000_000)).padStart(8, '0')
  return digits + dammDigit(digits)
}
