import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64urlOf, bytesOfBase64url } from '../../src/codecs/base64url.ts'
import { bytesOfHex, hexOf } from '../../src/codecs/hex.ts'
import { unwrapSecret, wrapSecret } from '../../src/codecs/wrapped-secret.ts'
import { enrolCodeForm, enrolText, normaliseEnrolCode } from '../../src/contracts/sync/enrol.ts'
import {
  testSeed,
  testVerify,
  testWrapPair,
  testWrapPrimitives,
} from '../../src/testing/test-keys.ts'
import { enrolmentVectors } from './enrolment-vectors.ts'

const vectorFile = new URL('../../vectors/enrolment.json', import.meta.url)
const vectors = enrolmentVectors()
const privateKey = bytesOfHex(vectors.wrapPrivateKeyHex) ?? new Uint8Array()
const unwrap = (wrapped: string) =>
  unwrapSecret({ station: vectors.station, wrapped }, testWrapPrimitives(privateKey))

describe('enrolment on the wire', () => {
  it('the file holds exactly what the code makes (renew with vitest -u)', async () => {
    await expect(`${JSON.stringify(vectors, null, 2)}\n`).toMatchFileSnapshot(vectorFile.pathname)
  })

  it('a station signs number, code and both keys, line by line', () => {
    expect(vectors.text.split('\n')).toEqual([
      'baari-enrol/1',
      '57',
      vectors.code,
      vectors.publicKey,
      vectors.wrapKey,
    ])
    const signature = bytesOfBase64url(vectors.sig) ?? new Uint8Array()
    const verifies = (text: string): boolean =>
      testVerify(vectors.publicKey, { signed: new TextEncoder().encode(text), signature })
    expect(verifies(vectors.text)).toBe(true)
    expect(verifies(enrolText({ ...vectors, station: 58 }))).toBe(false)
  })

  it('the station opens what was wrapped for it', () => {
    const opened = unwrap(vectors.wrapped)
    expect(opened.ok && hexOf(opened.value)).toBe(vectors.secretHex)
  })

  it.each(vectors.invalid)('$name opens nothing', ({ wrapped, code }) => {
    expect(unwrap(wrapped)).toEqual({ ok: false, error: code })
  })

  it('nothing is wrapped to a key of small order or of another length', () => {
    const given = {
      station: 1,
      secret: testSeed('secret'),
      wrapKey: new Uint8Array(32),
      ephemeralKey: testWrapPair('ephemeral').publicKey,
      nonce: new Uint8Array(12),
    }
    const own = testWrapPrimitives(testSeed('ephemeral'))
    expect(wrapSecret(given, own)).toEqual({ ok: false, error: 'malformed' })
    const short = { ...given, wrapKey: testWrapPair('w').publicKey.slice(1) }
    expect(wrapSecret(short, own)).toEqual({ ok: false, error: 'malformed' })
  })

  it('base64url is that of Node, and one value has one text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(base64urlOf(bytes)).toBe(text)
        expect(bytesOfBase64url(text)).toEqual(Uint8Array.from(bytes))
      }),
    )
    for (const text of ['A', 'AB', 'AAB', 'A=', 'A A', 'AAAAé']) {
      expect(bytesOfBase64url(text)).toBeUndefined()
    }
  })

  it('a code is read as people type it', () => {
    expect(normaliseEnrolCode(' 7k2m q0xd-h4tv')).toBe('7K2M-Q0XD-H4TV')
    expect(normaliseEnrolCode('7K2MQOXDH4TV')).toBe('7K2M-Q0XD-H4TV')
    expect(enrolCodeForm.test(normaliseEnrolCode('il00-0000-0000'))).toBe(true)
    expect(enrolCodeForm.test('7K2M-Q0XD')).toBe(false)
  })
})
