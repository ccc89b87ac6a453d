import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stationNo } from '@baari/shared/units/names'
import { seconds } from '@baari/shared/units/time'
import { manualClock } from '@baari/shared/testing/manual-clock'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTelemetryThread } from '../../../src/adapters/telemetry/telemetry-thread.ts'
import type { DropProposal } from '../../../src/ports/telemetry.ts'
import { reading } from '../../support/device-messages.ts'

const station = stationNo(42)
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-telemetry-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))

const file = (): string => join(folder, 'telemetry.db')
const group = (from: number, size: number): ReturnType<typeof reading>[] =>
  Array.from({ length: size }, (_, i) => reading(from + i))

function rowsOnDisk(): number {
  const db = new Database(file(), { readonly: true })
  const count = db.prepare('SELECT count(*) FROM reading').pluck().get() as number
  db.close()
  return count
}

describe('the telemetry thread', () => {
  it('an answered group can be read by another process at once', async () => {
    const telemetry = startTelemetryThread({ path: file(), mostBytes: 1e8, station }, manualClock())
    await telemetry.store(group(1, 200))
    expect(rowsOnDisk()).toBe(200)
    await telemetry.close()
  })

  it('closing and starting again keeps every row and the counters', async () => {
    const first = startTelemetryThread({ path: file(), mostBytes: 1e8, station }, manualClock())
    await first.store(group(1, 10))
    await first.close()
    const second = startTelemetryThread({ path: file(), mostBytes: 1e8, station }, manualClock())
    expect(await second.store([reading(10), reading(12)])).toEqual({
      stored: 1,
      repeats: 1,
      gaps: [{ device: 'lel-1', boot: 'b1', from: 11, to: 11 }],
    })
    expect(await second.state()).toMatchObject({ rowsAtMost: 12, lastId: 12 })
    await second.close()
  })

  it('a full ring asks for its oldest segment and goes on when told that it may drop it', async () => {
    const telemetry = startTelemetryThread(
      { path: file(), mostBytes: 1_200_000, station },
      manualClock(),
    )
    const proposed = new Promise<DropProposal>((resolve) => telemetry.onFull(resolve))
    let next = 1
    let full = false
    void proposed.then(() => (full = true))
    for (; !full; next += 500) await telemetry.store(group(next, 500))
    const oldest = await proposed
    expect(oldest).toMatchObject({ from: 1, to: 10_000 })
    await telemetry.drop(oldest)
    expect(rowsOnDisk()).toBe(next - 1 - 10_000)
    await telemetry.close()
  })

  it('a ring whose gap is never confirmed refuses more instead of growing', async () => {
    const telemetry = startTelemetryThread(
      { path: file(), mostBytes: 200_000, station },
      manualClock(),
    )
    await expect(
      (async () => {
        for (let from = 1; from < 60_000; from += 500) await telemetry.store(group(from, 500))
      })(),
    ).rejects.toMatchObject({ fault: { code: 'disk_full' } })
    await telemetry.close()
  })

  it('a file that is no database refuses the group, and is tried again a second later', async () => {
    writeFileSync(file(), 'this is no database, '.repeat(500))
    const clock = manualClock()
    const telemetry = startTelemetryThread({ path: file(), mostBytes: 1e8, station }, clock)
    await expect(telemetry.store(group(1, 1))).rejects.toMatchObject({ name: 'TelemetryFailure' })
    await expect(telemetry.store(group(1, 1))).rejects.toThrow('just died')
    rmSync(file())
    clock.advance(seconds(1))
    expect(await telemetry.store(group(1, 1))).toMatchObject({ stored: 1 })
    await telemetry.close()
  })
})
