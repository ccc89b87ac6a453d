import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import { reserveHeld, takeReserve } from '../adapters/ledger/reserve-file.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Log } from '../ports/log.ts'

const lookEvery = seconds(10)
const marginBytes = 16 * 1_048_576

export type DiskReserve = {
  /** The whole allowance is there: new fills may be authorised and optional data stored. */
  readonly free: () => boolean
  stop(): void
}

export type WatchReserve = {
  readonly clock: Clock
  readonly log: Log
  readonly alarms: AlarmDesk
  /** Size of the allowance. */
  readonly bytes: number
}

/** Where the allowance of a data folder's ledger lies. */
export function reserveFileOf(folder: string): string {
  return join(folder, 'ledger.reserve')
}

/**
 * Keeps the ledger's allowance as a file beside it (sync.md 4.2). While it is whole everything is
 * stored. A disk that fills up refuses optional data first, because the file takes the room; a
 * ledger write that finds the disk full is given the file. Room that comes back fills the file
 * before anything else. What cannot be read counts as not free (P02).
 */
export async function watchDiskReserve(
  folder: string,
  { clock, log, alarms, bytes }: WatchReserve,
): Promise<DiskReserve> {
  const file = reserveFileOf(folder)
  const alarm = { source: 'disk', code: 'reserve_used', subject: '' } as const
  let whole = false
  let stopped = false
  let cancel = (): void => undefined

  async function look(): Promise<void> {
    const before = whole
    whole = await hold()
    if (before && !whole) alarms.raise({ ...alarm, detail: folder })
    if (!before && whole) alarms.clear(alarm)
    if (!stopped) cancel = clock.after('disk reserve', lookEvery, () => void look())
  }

  async function hold(): Promise<boolean> {
    try {
      const { bavail, bsize } = await statfs(folder)
      return await takeReserve(file, { bytes, marginBytes, roomBytes: bavail * bsize })
    } catch (error) {
      log({ level: 'error', event: 'disk reserve not kept', fields: { reason: String(error) } })
      return false
    }
  }

  await look()
  return {
    // The ledger takes the file without asking: the file itself is looked at, not the last look.
    free: () => whole && reserveHeld(file) >= bytes,
    stop() {
      stopped = true
      cancel()
    },
  }
}
