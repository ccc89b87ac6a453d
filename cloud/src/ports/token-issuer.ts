import type { Booking } from '../domain/booking/booking.ts'
import type { CodePlace } from '@baari/shared/domain/slots/code-place'

/** Makes what a driver shows at the lane. Pure of storage: the same booking gives the same claims. */
export type TokenIssuer = {
  /** `BAARI1:…`, signed with the key in force now. */
  token(booking: Booking): string
  /** Nine digits for a place of the station whose secret is given. */
  code(place: CodePlace, codeSecret: Uint8Array): string
}
