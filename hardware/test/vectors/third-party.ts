import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { z } from 'zod'

/**
 * Where recorded frames of others lie: beside the project, never in it, because their licence does
 * not let them ship. `BAARI_DEVICE_DATA` names another place.
 */
const folder =
  process.env['BAARI_DEVICE_DATA'] ??
  fileURLToPath(new URL('../../../../shared/data/hardware', import.meta.url))

export type ThirdParty<T> =
  | { readonly missing: false; readonly vectors: T }
  | { readonly missing: true; readonly reason: string }

/** A file of others, parsed by the test's own schema; or the reason with which the test skips. */
export function thirdPartyFile<T>(name: string, schema: z.ZodType<T>): ThirdParty<T> {
  const path = join(folder, 'third-party', name)
  if (!existsSync(path)) return { missing: true, reason: `${name} is not beside the project` }
  const text = readFileSync(pathToFileURL(path), 'utf8')
  return { missing: false, vectors: schema.parse(JSON.parse(text)) }
}
