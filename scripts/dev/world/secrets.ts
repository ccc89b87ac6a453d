import { hash } from '@node-rs/argon2'
import {
  generateKeyPairSync,
  randomBytes,
  randomInt,
  randomUUID,
  type KeyObject,
} from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)

const secretsSchema = z.object({
  station: z.object({
    id: z.string(),
    kid: z.int(),
    publicKey: base64url,
    privateKeyPem: z.string(),
    wrapKey: base64url,
    wrapPrivateKeyPem: z.string(),
    codeSecretHex: z.string().length(64),
  }),
  attendants: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(['attendant', 'manager']),
      pin: z.string(),
      pinHash: z.string(),
    }),
  ),
  operator: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    password: z.string(),
    passwordHash: z.string(),
  }),
})

/** Keys and logins of the local world; made at the first start and kept outside the tree. */
export type WorldSecrets = z.output<typeof secretsSchema>

export async function worldSecrets(folder: string): Promise<WorldSecrets> {
  const path = join(folder, 'world.json')
  if (existsSync(path)) return secretsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  const made = await makeSecrets()
  writeFileSync(`${path}.new`, JSON.stringify(made, null, 2), { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return made
}

async function makeSecrets(): Promise<WorldSecrets> {
  const password = randomBytes(9).toString('base64url')
  return {
    station: stationKeys(),
    attendants: [
      await person('Ramesh Patel', 'attendant'),
      await person('Sunita Yadav', 'attendant'),
      await person('Imran Shaikh', 'manager'),
    ],
    operator: {
      id: randomUUID(),
      email: 'operator@baari.example',
      name: 'Operator',
      password,
      passwordHash: await hash(password),
    },
  }
}

async function person(
  name: string,
  role: 'attendant' | 'manager',
): Promise<WorldSecrets['attendants'][number]> {
  const pin = String(randomInt(10_000)).padStart(4, '0')
  return { id: randomUUID(), name, role, pin, pinHash: await hash(pin) }
}

function stationKeys(): WorldSecrets['station'] {
  const signing = generateKeyPairSync('ed25519')
  const wrapping = generateKeyPairSync('x25519')
  return {
    id: randomUUID(),
    kid: 128,
    publicKey: rawPublic(signing.publicKey),
    privateKeyPem: pem(signing.privateKey),
    wrapKey: rawPublic(wrapping.publicKey),
    wrapPrivateKeyPem: pem(wrapping.privateKey),
    codeSecretHex: randomBytes(32).toString('hex'),
  }
}

function rawPublic(key: KeyObject): string {
  return z.object({ x: base64url }).parse(key.export({ format: 'jwk' })).x
}

function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}
