import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  sign,
  type KeyObject,
} from 'node:crypto'
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
import { unwrapSecret } from '@baari/shared/codecs/wrapped-secret'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { z } from 'zod'

const pem = z.string().includes('PRIVATE KEY')

/**
 * `station-keys.json`, mode 0600, below the data folder: the station's own key pairs, made at the
 * first run, and what enrolment brings. The private keys never leave this file.
 */
const keysFile = z.object({
  kid: z.int().min(128).max(0xffff),
  /** Ed25519. */
  privateKeyPem: pem,
  /** X25519, what K_station is wrapped to; absent in a file made before enrolment was known. */
  wrapPrivateKeyPem: pem.optional(),
  /** K_station, 32 bytes in hex; null until the station is enrolled. */
  kStationHex: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Cloud keys that vouch for the first key set; empty until the station is enrolled. */
  anchors: z.array(z.object({ kid: z.int().min(0).max(127), publicKey: z.string().length(43) })),
})

type KeysFile = z.output<typeof keysFile> & { readonly wrapPrivateKeyPem: string }

export type CloudKey = { readonly kid: number; readonly publicKey: string }

export type StationKeys = {
  readonly kid: number
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string
  /** Raw X25519 public key, base64url. */
  readonly wrapKey: string
  readonly kStation: Uint8Array | undefined
  readonly anchors: readonly CloudKey[]
  /** Ed25519 signature. */
  sign(message: Uint8Array): Uint8Array
  /** K_station as the cloud wrapped it for this station. */
  unwrap(station: number, wrapped: string): Result<Uint8Array, 'malformed' | 'bad_checksum'>
}

const firstKid = 128
/** SubjectPublicKeyInfo header before the 32 bytes of an X25519 public key (RFC 8410 section 4). */
const spkiHeader = Buffer.from('302a300506032b656e032100', 'hex')
const tagBytes = 16

/** Reads the keys, making pairs where they are missing; a broken file is never overwritten. */
export function openStationKeys(path: string): Result<StationKeys, string> {
  const file = readOrMake(path)
  return file.ok ? ok(keysOf(file.value)) : file
}

export type Enrolment = {
  readonly kid: number
  readonly kStation: Uint8Array
  readonly anchors: readonly CloudKey[]
}

/** Keeps what enrolment brought, durable when it returns; the file is replaced whole. */
export function saveEnrolment(
  path: string,
  { kid, kStation, anchors }: Enrolment,
): Result<void, string> {
  const file = readOrMake(path)
  if (!file.ok) return file
  const kStationHex = Buffer.from(kStation).toString('hex')
  write(path, { ...file.value, kid, kStationHex, anchors: [...anchors] })
  return ok(undefined)
}

function readOrMake(path: string): Result<KeysFile, string> {
  const text = read(path)
  if (text === undefined) return ok(write(path, made()))
  const parsed = keysFile.safeParse(json(text))
  if (!parsed.success)
    return err(`${path} is damaged: restore it from the backup, or enrol the station again`)
  const { wrapPrivateKeyPem, ...rest } = parsed.data
  if (wrapPrivateKeyPem !== undefined) return ok({ ...rest, wrapPrivateKeyPem })
  return ok(write(path, { ...rest, wrapPrivateKeyPem: newPem('x25519') }))
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

function made(): KeysFile {
  return {
    kid: firstKid,
    privateKeyPem: newPem('ed25519'),
    wrapPrivateKeyPem: newPem('x25519'),
    kStationHex: null,
    anchors: [],
  }
}

function newPem(kind: 'ed25519' | 'x25519'): string {
  const { privateKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function write(path: string, file: KeysFile): KeysFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fd = openSync(`${path}.new`, 'w', 0o600)
  writeSync(fd, `${JSON.stringify(file, null, 2)}\n`)
  fsyncSync(fd)
  closeSync(fd)
  renameSync(`${path}.new`, path)
  return file
}

function keysOf({
  kid,
  privateKeyPem,
  wrapPrivateKeyPem,
  kStationHex,
  anchors,
}: KeysFile): StationKeys {
  const privateKey = createPrivateKey(privateKeyPem)
  const wrapPrivateKey = createPrivateKey(wrapPrivateKeyPem)
  return {
    kid,
    publicKey: rawPublic(privateKey),
    wrapKey: rawPublic(wrapPrivateKey),
    kStation: kStationHex === null ? undefined : Buffer.from(kStationHex, 'hex'),
    anchors,
    sign: (message) => sign(null, message, privateKey),
    unwrap: (station, wrapped) =>
      unwrapSecret(
        { station, wrapped },
        {
          agree: (publicKey) => agreed(wrapPrivateKey, publicKey),
          hkdf: (secret, info) => new Uint8Array(hkdfSync('sha256', secret, '', info, 32)),
          open,
        },
      ),
  }
}

function rawPublic(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ format: 'jwk' }).x ?? ''
}

function agreed(privateKey: KeyObject, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    const key = Buffer.concat([spkiHeader, publicKey])
    const theirs = createPublicKey({ key, format: 'der', type: 'spki' })
    return new Uint8Array(diffieHellman({ privateKey, publicKey: theirs }))
  } catch {
    // OpenSSL refuses a point of small order.
    return undefined
  }
}

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    const body = decipher.update(sealed.subarray(0, -tagBytes))
    return new Uint8Array(Buffer.concat([body, decipher.final()]))
  } catch {
    // The tag does not fit: wrapped for another key, or damaged.
    return undefined
  }
}
