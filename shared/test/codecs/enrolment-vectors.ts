import { base64urlOf } from '../../src/codecs/base64url.ts'
import { hexOf } from '../../src/codecs/hex.ts'
import { wrapSecret } from '../../src/codecs/wrapped-secret.ts'
import { enrolText } from '../../src/contracts/sync/enrol.ts'
import {
  testPublicKey,
  testSeed,
  testSigner,
  testWrapPair,
  testWrapPrimitives,
} from '../../src/testing/test-keys.ts'

const station = 57
const code = '7K2M-Q0XD-H4TV'
export const wrapPair = testWrapPair('wrap key of station 57')
const secret = testSeed('k station 57')

function wrapFor(to: number, ephemeral = testWrapPair('ephemeral')): string {
  const wrapped = wrapSecret(
    {
      station: to,
      secret,
      wrapKey: wrapPair.publicKey,
      ephemeralKey: ephemeral.publicKey,
      nonce: testSeed('nonce').slice(0, 12),
    },
    testWrapPrimitives(ephemeral.privateKey),
  )
  return wrapped.ok ? wrapped.value : ''
}

function changed(wrapped: string, at: number): string {
  const other = wrapped.charAt(at) === 'A' ? 'B' : 'A'
  return wrapped.slice(0, at) + other + wrapped.slice(at + 1)
}

/** Everything `vectors/enrolment.json` holds. */
export function enrolmentVectors() {
  const publicKey = testPublicKey('station 57')
  const wrapKey = base64urlOf(wrapPair.publicKey)
  const text = enrolText({ station, code, publicKey, wrapKey })
  const sign = testSigner(128, 'station 57').sign
  const wrapped = wrapFor(station)
  return {
    about: 'Enrolment: the text a station signs, and K_station wrapped to its key.',
    station,
    code,
    publicKey,
    wrapKey,
    text,
    sig: base64urlOf(sign(new TextEncoder().encode(text))),
    wrapPrivateKeyHex: hexOf(wrapPair.privateKey),
    secretHex: hexOf(secret),
    wrapped,
    invalid: [
      { name: 'wrapped for another station', wrapped: wrapFor(58), code: 'bad_checksum' },
      { name: 'another ephemeral key', wrapped: changed(wrapped, 5), code: 'bad_checksum' },
      { name: 'another nonce', wrapped: changed(wrapped, 50), code: 'bad_checksum' },
      { name: 'one bit of the secret', wrapped: changed(wrapped, 80), code: 'bad_checksum' },
      { name: 'one bit of the tag', wrapped: changed(wrapped, 110), code: 'bad_checksum' },
      { name: 'a character short', wrapped: wrapped.slice(0, -1), code: 'malformed' },
      { name: 'four characters long', wrapped: `${wrapped}AAAA`, code: 'malformed' },
      { name: 'padding', wrapped: `${wrapped}=`, code: 'malformed' },
      { name: 'the other alphabet', wrapped: `+${wrapped.slice(1)}`, code: 'malformed' },
      { name: 'nothing', wrapped: '', code: 'malformed' },
      {
        name: 'a point of small order',
        wrapped: 'A'.repeat(43) + wrapped.slice(43),
        code: 'malformed',
      },
    ],
  }
}
