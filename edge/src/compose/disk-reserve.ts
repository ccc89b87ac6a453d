import { statfs } from 'node:fs/promises'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { Log } from '../ports/log.ts'

/** What the ledger must still be able to write when everything else has stopped (sync.md 4.2). */
const reserveBytes = 256 * 1_048_576
const lookEvery = seconds(10)

/** Looks at the free space of the data folder; unreadable counts as not free (P02). */
export async function watchDiskReserve(
  folder: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<{ readonly free: () => boolean; stop(): void }> {
  let free = false
  let stopped = false
  let cancel = (): void => undefined

  async function look(): Promise<void> {
    const before = free
    free = await hasReserve(folder)
    if (before && !free) log({ level: 'error', event: 'disk reserve used', fields: { folder } })
    if (!stopped) cancel = clock.after('disk reserve', lookEvery, () => void look())
  }

  await look()
  return {
    free: () => free,
    stop() {
      stopped = true
      cancel()
    },
  }
}

async function hasReserve(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize >= reserveBytes
  } catch {
    return false
  }
}
