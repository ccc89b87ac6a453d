import { plateTagOf } from '@baari/shared/codecs/plate-tag'
import { encodeShortCode } from '@baari/shared/codecs/short-code'
import { encodeToken } from '@baari/shared/codecs/token'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { assert } from '@baari/shared/faults/assert'
import type { OwnIssuer } from '../../app/desk/windows-desk.ts'
import { codeMac, hmacSha256 } from './mac.ts'
import type { StationKeys } from './station-keys.ts'

/**
 * Tokens and codes of windows sold at this station's kiosk: its own key (kid from 128 on), which
 * only this station accepts, and K_station. Undefined before enrolment.
 */
export function ownIssuer({ kid, kStation, sign }: StationKeys): OwnIssuer | undefined {
  if (kStation === undefined) return undefined
  return {
    code: (place) => encodeShortCode(place, kStation, codeMac),
    token(row) {
      const plate = normalisePlate(row.plate)
      assert(plate.ok, 'only normalised plates are sold to')
      const claims = {
        station: row.station_no,
        booking: row.id,
        notBefore: row.window_start_ms,
        expires: row.expires_ms,
        rev: row.rev,
        vehicleClass: row.vehicle_class,
        nozzle: row.nozzle,
        grams: row.grams,
        prepaid: row.paid_paise,
        maxUses: row.max_uses,
        plateTag: plateTagOf(row.id, plate.value, hmacSha256),
        retestDay: row.retest_day,
      }
      return encodeToken(claims, { kid, sign })
    },
  }
}
