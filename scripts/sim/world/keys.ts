import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { tokenIssuer } from '@baari/cloud/adapters/keys/token-issuer'
import type { TokenIssuer } from '@baari/cloud/ports/token-issuer'
import type { KeySet } from '@baari/shared/domain/keys/key-set'
import { testSeed } from '@baari/shared/testing/test-keys'
import { instant } from '@baari/shared/units/time'

const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex')
const cloudKid = 1

function cloudKey(): KeyObject {
  const key = Buffer.concat([pkcs8Header, testSeed('cloud of the simulated world')])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

export type WorldKeys = {
  readonly issuer: TokenIssuer
  readonly keySet: KeySet
}

/** Tokens are signed and verified for real: a station has nothing else to go by when offline. */
export function worldKeys(): WorldKeys {
  const privateKey = cloudKey()
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? ''
  return {
    issuer: tokenIssuer(() => ({ kid: cloudKid, privateKey })),
    keySet: {
      version: 1,
      issuedAtMs: instant(1_700_000_000_000),
      validUntilMs: instant(1_900_000_000_000),
      keys: [
        {
          kid: cloudKid,
          publicKey,
          notBefore: instant(1_600_000_000_000),
          notAfter: instant(1_900_000_000_000),
        },
      ],
      denied: [],
    },
  }
}

/**
 * A session's signature in the world: nobody forges one here, so a hash over key and text stands
 * for Ed25519, which has tests of its own.
 */
export function sessionSignature(publicKey: string, text: string): string {
  return createHash('sha256').update(`${publicKey}\n${text}`).digest('base64url')
}

export function codeSecretOf(station: number): Uint8Array {
  return testSeed(`codes of station ${station}`)
}
