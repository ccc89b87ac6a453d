import type { CodePlace } from '@baari/shared/codecs/short-code'
import type { TokenClaims } from '@baari/shared/codecs/token'
import type { StationNo } from '@baari/shared/units/names'

/** What a scanner, camera or keypad delivered, parsed and verified before the command runs. */
export type ScanReading =
  | {
      readonly kind: 'token'
      readonly claims: TokenClaims
      readonly verified: true
      /** Lowest revision the key set still accepts for this booking; 0 when it names none. */
      readonly minRev: number
    }
  /** A token of another station under that station's own key, which this node does not hold. */
  | { readonly kind: 'foreign'; readonly station: StationNo }
  | { readonly kind: 'forged' }
  | {
      readonly kind: 'code'
      /** Nine ASCII digits whose check digit holds. */
      readonly digits: string
      /** Where the tag is right for a day it may belong to; null when it is wrong. */
      readonly place: CodePlace | null
    }
  | { readonly kind: 'unreadable' }
  /** A plate, an RFID tag or anything else. */
  | { readonly kind: 'text'; readonly text: string }
