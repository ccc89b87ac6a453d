import { generateKeyPairSync, sign } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { ed25519Verifier } from '../../../src/adapters/system/ed25519.ts'
import { hkdfSha256, hmacSha256 } from '../../../src/adapters/system/mac.ts'
import { checkPin } from '../../../src/adapters/system/pin-check.ts'
import { systemIds } from '../../../src/adapters/system/system-ids.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('ids', () => {
  it('ten thousand ids of one millisecond are UUIDv7, different and ascending', () => {
    const ids = systemIds(() => 1_760_000_000_000)
    const made = Array.from({ length: 10_000 }, () => ids.uuid())
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(made.every((id) => form.test(id))).toBe(true)
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(10_000)
  })

  it('C01: a wall clock that steps back makes no id smaller than the last', () => {
    let now = 1_760_000_000_000
    const ids = systemIds(() => now)
    const before = ids.uuid()
    now -= 3_600_000
    expect(ids.uuid() > before).toBe(true)
  })
})

describe('signatures', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'jwk' }).x ?? ''
  const message = Buffer.from('claims')
  const signature = sign(null, message, privateKey)

  it('a signature holds for its bytes and for no others', () => {
    const verify = ed25519Verifier()
    expect(verify({ publicKey: raw, message, signature })).toBe(true)
    expect(verify({ publicKey: raw, message: Buffer.from('claimz'), signature })).toBe(false)
  })

  it('a key that is no key verifies nothing and does not throw', () => {
    expect(ed25519Verifier()({ publicKey: 'AAAA', message, signature })).toBe(false)
  })
})

describe('codes', () => {
  it('HMAC-SHA256 matches RFC 4231 case 2', () => {
    const mac = hmacSha256(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'))
    expect(hex(mac)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })

  it('HKDF-SHA256 with empty salt and info matches the first 32 bytes of RFC 5869 case 3', () => {
    const okm = hkdfSha256(Buffer.alloc(22, 0x0b), '')
    expect(hex(okm)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d')
  })
})

describe('PIN', () => {
  it('the right PIN matches its hash, a wrong one and a broken hash do not', async () => {
    const pinHash = await hash('4821', { memoryCost: 1024, timeCost: 1 })
    expect(await checkPin(pinHash, '4821')).toBe(true)
    expect(await checkPin(pinHash, '4822')).toBe(false)
    expect(await checkPin('not a hash', '4821')).toBe(false)
  })
})
