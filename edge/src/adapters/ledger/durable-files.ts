import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Forces a file, or the names in a folder, to the disk: a rename is durable only after this. */
export function syncToDisk(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
