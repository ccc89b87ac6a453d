import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { keySetBody } from '@baari/shared/contracts/sync/key-set'
import type { KeySet } from '@baari/shared/domain/keys/key-set'

/** The last key set whose signature was checked, so that a restart offline verifies tokens. */
export function readHeldKeySet(path: string): KeySet | undefined {
  try {
    const parsed = keySetBody.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    if (!parsed.success) return undefined
    const keys = parsed.data.keys.map(({ station, ...key }) =>
      station === undefined ? key : { ...key, station },
    )
    return { ...parsed.data, keys }
  } catch {
    // Absent or torn: the rows in the ledger are checked again from the enrolment's keys.
    return undefined
  }
}

export function writeHeldKeySet(path: string, set: KeySet): void {
  const fd = openSync(`${path}.new`, 'w', 0o600)
  writeSync(fd, JSON.stringify(set))
  fsyncSync(fd)
  closeSync(fd)
  renameSync(`${path}.new`, path)
}
