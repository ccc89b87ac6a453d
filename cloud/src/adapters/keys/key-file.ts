import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { assert } from '@baari/shared/faults/assert'
import { z } from 'zod'

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)

const keyFile = z.object({
  /** AES-256 key of the sealed phone numbers, and the HMAC key they are found by. */
  phoneSealKey: base64url,
  phoneIndexKey: base64url,
  otpPepper: base64url,
  /** Ed25519 private keys of the tokens, PKCS #8 DER, by kid. */
  signingKeys: z.array(z.object({ kid: z.int().min(0).max(127), privateKey: base64url })),
})

export type KeyFile = z.output<typeof keyFile>

const fileName = 'cloud-keys.json'

/**
 * The cloud's secrets, made at first run in a folder outside the tree, readable by its owner only.
 * Processes that start at once agree on one file: the first link wins and the others read it.
 */
export async function readOrMakeKeyFile(folder: string): Promise<KeyFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, fileName)
  const known = await readIfThere(path)
  if (known !== undefined) return known
  const draft = await writeDraft(folder, firstKeys())
  try {
    await link(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  return parse(await readFile(path, 'utf8'), path)
}

/** Replaces the file whole: a reader sees the old one or the new one, also after a power cut. */
export async function replaceKeyFile(folder: string, next: KeyFile): Promise<void> {
  const draft = await writeDraft(folder, next)
  await rename(draft, join(folder, fileName))
}

function firstKeys(): KeyFile {
  const key = (): string => randomBytes(32).toString('base64url')
  return { phoneSealKey: key(), phoneIndexKey: key(), otpPepper: key(), signingKeys: [] }
}

async function writeDraft(folder: string, keys: KeyFile): Promise<string> {
  const draft = join(folder, `.${fileName}.${randomBytes(6).toString('hex')}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(keys, undefined, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await chmod(draft, 0o600)
  return draft
}

async function readIfThere(path: string): Promise<KeyFile | undefined> {
  try {
    return parse(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function parse(text: string, path: string): KeyFile {
  const parsed = keyFile.safeParse(JSON.parse(text))
  assert(parsed.success, `${path} is a key file`)
  return parsed.data
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
