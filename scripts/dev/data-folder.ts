import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const clone = realpathSync(resolve(import.meta.dirname, '../..'))

/** Marks a folder as ours: only a marked folder is ever emptied. */
export const markerName = '.baari-data'

/**
 * Where the local data of this clone lies, without making it.
 *
 * It is `.baari/` in the clone. As root it is a folder below `/var/lib/baari` named for the clone:
 * PostgreSQL then runs as another user, who cannot pass through a home of mode 0700.
 * `BAARI_DATA` names another folder, for tests and for several worlds in one clone.
 */
export function dataFolderPath(): string {
  const chosen = process.env['BAARI_DATA']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  if (process.getuid?.() !== 0) return join(clone, '.baari')
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 12)
  return join('/var/lib/baari', name)
}

/** The local data folder of this clone, made and marked on first use. */
export function dataFolder(): string {
  const folder = dataFolderPath()
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeFileSync(join(folder, markerName), `local data of ${clone}\n`)
  return folder
}

/**
 * A folder for keys and generated passwords inside the data folder, closed to other users.
 */
export function secretsFolder(): string {
  const folder = join(dataFolder(), 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}
