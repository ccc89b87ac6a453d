import type { StationSeal } from '../../app/station/sign-delays.ts'
import type { StationKeys } from './station-keys.ts'

/** The station's key as its app code signs with it: Ed25519 over UTF-8, base64url. */
export function sealOf({ kid, sign }: Pick<StationKeys, 'kid' | 'sign'>): StationSeal {
  return {
    kid,
    sign: (text) => Buffer.from(sign(Buffer.from(text, 'utf8'))).toString('base64url'),
  }
}
