import { createHmac, hkdfSync, sign, type KeyObject } from 'node:crypto'
import { plateTagOf } from '@baari/shared/codecs/plate-tag'
import { encodeShortCode, type CodeMac } from '@baari/shared/codecs/short-code'
import { encodeToken, type TokenSigner } from '@baari/shared/codecs/token'
import type { TokenIssuer } from '../../ports/token-issuer.ts'

const hmac = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(message).digest()

/** HMAC-SHA256 and HKDF-SHA256 with an empty salt, as the code's codec asks. */
export const codeMac: CodeMac = {
  hmac,
  hkdf: (key, info) => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), info, 32)),
}

export type SigningKey = { readonly kid: number; readonly privateKey: KeyObject }

/** Signs with the key that is in force at the moment of each sale. */
export function tokenIssuer(inForce: () => SigningKey): TokenIssuer {
  return {
    token(booking) {
      const { station, rev, vehicleClass, nozzle, grams, retestDay } = booking
      const claims = {
        station,
        booking: booking.id,
        notBefore: booking.windowStart,
        expires: booking.expires,
        rev,
        vehicleClass,
        nozzle,
        grams,
        prepaid: booking.paid,
        maxUses: 1,
        plateTag: plateTagOf(booking.id, booking.plate, hmac),
        retestDay,
      }
      return encodeToken(claims, signerOf(inForce()))
    },
    code: (place, codeSecret) => encodeShortCode(place, codeSecret, codeMac),
  }
}

function signerOf({ kid, privateKey }: SigningKey): TokenSigner {
  return { kid, sign: (message) => sign(null, message, privateKey) }
}
