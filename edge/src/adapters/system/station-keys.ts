import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { z } from 'zod'

/**
 * `station-keys.json`, mode 0600, below the data folder: the station's own key pair, made at the
 * first run, and what enrolment brings. The private key never leaves this file.
 */
const keysFile = z.object({
  kid: z.int().min(128).max(0xffff),
  privateKeyPem: z.string().includes('PRIVATE KEY'),
  /** K_station, 32 bytes in hex; null until the station is enrolled. */
  kStationHex: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Cloud keys that vouch for the first key set; empty until the station is enrolled. */
  anchors: z.array(z.object({ kid: z.int().min(0).max(127), publicKey: z.string().length(43) })),
})

type KeysFile = z.output<typeof keysFile>

export type StationKeys = {
  readonly kid: number
  /** Raw public key, base64url. */
  readonly publicKey: string
  readonly kStation: Uint8Array | undefined
  readonly anchors: readonly { readonly kid: number; readonly publicKey: string }[]
  /** Ed25519 signature. */
  sign(message: Uint8Array): Uint8Array
}

const firstKid = 128

/** Reads the keys, making a pair when there is no file; a broken file is never overwritten. */
export function openStationKeys(path: string): Result<StationKeys, string> {
  const text = read(path)
  if (text === undefined) return ok(keysOf(made(path)))
  const parsed = keysFile.safeParse(json(text))
  if (!parsed.success)
    return err(`${path} is damaged: restore it from the backup, or enrol the station again`)
  return ok(keysOf(parsed.data))
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function made(path: string): KeysFile {
  const { privateKey } = generateKeyPairSync('ed25519')
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const file: KeysFile = { kid: firstKid, privateKeyPem, kStationHex: null, anchors: [] }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fd = openSync(`${path}.new`, 'w', 0o600)
  writeSync(fd, `${JSON.stringify(file, null, 2)}\n`)
  fsyncSync(fd)
  closeSync(fd)
  renameSync(`${path}.new`, path)
  return file
}

function keysOf({ kid, privateKeyPem, kStationHex, anchors }: KeysFile): StationKeys {
  const privateKey = createPrivateKey(privateKeyPem)
  return {
    kid,
    publicKey: createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '',
    kStation: kStationHex === null ? undefined : Buffer.from(kStationHex, 'hex'),
    anchors,
    sign: (message) => sign(null, message, privateKey),
  }
}
