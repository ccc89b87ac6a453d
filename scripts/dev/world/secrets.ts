import { hash } from '@node-rs/argon2'
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const secretsSchema = z.object({
  station: z.object({ id: z.string() }),
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
  /** Account at the sandbox that carries messages. */
  carrier: z.object({ accountSid: z.string(), authToken: z.string() }),
})

/** Ids and logins of the local world; made at the first start and kept outside the tree. */
export type WorldSecrets = z.output<typeof secretsSchema>

export async function worldSecrets(folder: string): Promise<WorldSecrets> {
  const path = join(folder, 'world.json')
  const kept: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  const known = secretsSchema.safeParse(kept)
  if (known.success) return known.data
  // A world of an older version has no carrier yet; everything else of it stays as it is.
  const secrets = secretsSchema.parse(
    kept === undefined ? await makeSecrets() : { carrier: carrierAccount(), ...Object(kept) },
  )
  writeFileSync(`${path}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return secrets
}

async function makeSecrets(): Promise<WorldSecrets> {
  const password = randomBytes(9).toString('base64url')
  return {
    station: { id: randomUUID() },
    carrier: carrierAccount(),
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

const carrierAccount = (): WorldSecrets['carrier'] => ({
  accountSid: `AC${randomBytes(16).toString('hex')}`,
  authToken: randomBytes(16).toString('hex'),
})

async function person(
  name: string,
  role: 'attendant' | 'manager',
): Promise<WorldSecrets['attendants'][number]> {
  const pin = String(randomInt(10_000)).padStart(4, '0')
  return { id: randomUUID(), name, role, pin, pinHash: await hash(pin) }
}
