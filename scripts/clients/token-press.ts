import { createHmac, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readOrMakeKeyFile } from '@baari/cloud/adapters/keys/key-file'
import { plateTagOf } from '@baari/shared/codecs/plate-tag'
import { encodeToken, type TokenClaims } from '@baari/shared/codecs/token'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { present } from '@baari/shared/faults/assert'
import { grams } from '@baari/shared/units/mass'
import { noPaise } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { after, dayNumber, minutes, type DayNumber, type Instant } from '@baari/shared/units/time'

export type TokenWish = {
  readonly windowStart: Instant
  readonly station?: number
  readonly booking?: string
  readonly rev?: number
  readonly plate?: string
  readonly grams?: number
  readonly retestDay?: DayNumber
}

/** Signs tokens as the cloud does, for bookings the station never heard of. */
export type TokenPress = {
  print(wish: TokenWish): string
  /** With a right form, kid and claims, but by a key that is nobody's. */
  printForged(wish: TokenWish): string
  /** Under the own key of another station's kiosk. */
  printAtKiosk(wish: TokenWish & { readonly station: number }): string
}

const farRetestDay = dayNumber(25_000)

/** Opens the press with the key the cloud signs with: of a fresh cloud, the only one it has. */
export async function tokenPress(cloudFolder: string): Promise<TokenPress> {
  const { signingKeys } = await readOrMakeKeyFile(cloudFolder)
  const { kid, privateKey } = present(signingKeys[0], 'signing key of the cloud')
  const key = createPrivateKey({
    key: Buffer.from(privateKey, 'base64url'),
    format: 'der',
    type: 'pkcs8',
  })
  return tokenPressOf({ kid, key })
}

/** The press with an Ed25519 key at hand. */
export function tokenPressOf({ kid, key }: { kid: number; key: KeyObject }): TokenPress {
  const stranger = generateKeyPairSync('ed25519').privateKey
  const signed = (wish: TokenWish, by: KeyObject, kidShown: number): string =>
    encodeToken(claimsOf(wish), { kid: kidShown, sign: (message) => sign(null, message, by) })
  return {
    print: (wish) => signed(wish, key, kid),
    printForged: (wish) => signed(wish, stranger, kid),
    printAtKiosk: (wish) => signed(wish, stranger, 129),
  }
}

function claimsOf(wish: TokenWish): TokenClaims {
  const booking = bookingId(wish.booking ?? randomUUID())
  const plate = normalisePlate(wish.plate ?? 'GJ 01 AB 1234')
  if (!plate.ok) throw new Error(`no plate: ${String(wish.plate)}`)
  return {
    station: stationNo(wish.station ?? 42),
    booking,
    notBefore: wish.windowStart,
    expires: after(wish.windowStart, minutes(30)),
    rev: wish.rev ?? 1,
    vehicleClass: 'auto',
    nozzle: 'ngv1',
    grams: grams(wish.grams ?? 4_000),
    prepaid: noPaise,
    maxUses: 1,
    plateTag: plateTagOf(booking, plate.value, (secret, message) =>
      createHmac('sha256', secret).update(message).digest(),
    ),
    retestDay: wish.retestDay ?? farRetestDay,
  }
}
