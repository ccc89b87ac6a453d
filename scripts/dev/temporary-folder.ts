import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A new folder in the system's temporary place that other users can pass through, so that the
 * PostgreSQL that root lends to another user can live below it. The caller removes it.
 */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `baari-${name}-`))
  chmodSync(folder, 0o711)
  return folder
}
