import type { KeySet } from '@baari/shared/domain/keys/key-set'
import type { StationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'

export type OwnKey = {
  /** From 128 on; only this station accepts it. */
  readonly kid: number
  /** Raw public key, base64url. */
  readonly publicKey: string
  readonly station: StationNo
}

/** Any time: the station's key is in force as long as it is this station's. */
const always = { notBefore: instant(0), notAfter: instant(Number.MAX_SAFE_INTEGER) }

/** The station believes what it signed itself, also before the cloud has published its key. */
export function withOwnKey(
  set: KeySet | undefined,
  { kid, publicKey, station }: OwnKey,
): KeySet | undefined {
  if (set === undefined || set.keys.some((key) => key.kid === kid && key.station === station)) {
    return set
  }
  return { ...set, keys: [...set.keys, { kid, publicKey, station, ...always }] }
}
