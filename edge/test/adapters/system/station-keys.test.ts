import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ed25519Verifier } from '../../../src/adapters/system/ed25519.ts'
import { openStationKeys, type StationKeys } from '../../../src/adapters/system/station-keys.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = (): string => join(folder, 'keys/station-keys.json')

function opened(): StationKeys {
  const keys = openStationKeys(path())
  if (!keys.ok) throw new Error(keys.error)
  return keys.value
}

it('the first run makes a pair that only the owner can read, later runs use it', () => {
  const first = opened()
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  expect(opened().publicKey).toBe(first.publicKey)
  expect(first.kid).toBeGreaterThanOrEqual(128)
  expect(first.kStation).toBeUndefined()
})

it('what it signs verifies under its public key', () => {
  const keys = opened()
  const message = Buffer.from('baari session')
  const claim = { publicKey: keys.publicKey, message, signature: keys.sign(message) }
  expect(ed25519Verifier()(claim)).toBe(true)
})

it('a damaged file is refused and left as it is', () => {
  opened()
  writeFileSync(path(), '{"kid": 128')
  const keys = openStationKeys(path())
  expect(keys.ok ? '' : keys.error).toContain('is damaged')
  expect(readFileSync(path(), 'utf8')).toBe('{"kid": 128')
})
