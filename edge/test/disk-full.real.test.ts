import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { stationNo } from '@baari/shared/units/names'
import { seconds } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inlineLedger } from '../src/adapters/ledger/inline-ledger.ts'
import { verifyChain } from '../src/adapters/ledger/verify-chain.ts'
import { commands, reads } from '../src/app/commands.ts'
import { reserveFileOf, watchDiskReserve } from '../src/compose/disk-reserve.ts'
import { startTelemetry } from '../src/compose/start-telemetry.ts'
import type { CommandContext } from '../src/ports/ledger.ts'
import type { LedgerTx } from '../src/ports/ledger-tx.ts'
import type { Telemetry } from '../src/ports/telemetry.ts'
import { eventually } from './support/child-process.ts'
import { reading } from './support/device-messages.ts'
import { ledgerFile, testNow } from './support/ledger-file.ts'
import { countedMetrics, keptLog } from './support/silent-parts.ts'

const megabyte = 1_048_576
const diskBytes = 96 * megabyte
const allowanceBytes = 48 * megabyte

let folder = ''
let mounted = false
let why = ''

/** A disk of 64 MB of its own; only root may mount one. */
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'baari-full-')), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', folder], {
      stdio: 'pipe',
    })
    mounted = true
  } catch (error) {
    why = `no disk of limited size can be mounted here: ${String(error).split('\n')[0] ?? ''}`
  }
})
afterEach(() => {
  if (mounted) execFileSync('umount', ['-l', folder])
  mounted = false
  rmSync(join(folder, '..'), { recursive: true, force: true, maxRetries: 10 })
})

/** An op of about a kilobyte, as much as any the station writes. */
function appendLarge(tx: LedgerTx, { ops }: { readonly ops: number }, _context: CommandContext) {
  for (let n = 0; n < ops; n += 1) {
    const body = { reason: 'x'.repeat(1_000) }
    tx.outbox.append({ kind: 'ticket.closed', entity: { type: 'station', uuid: '' }, body })
  }
  return null
}

async function openNode() {
  const clock = manualClock()
  const { log } = keptLog()
  const words: string[] = []
  const alarms = {
    raise: ({ source, code }: { source: string; code: string }) => words.push(`${source}/${code}`),
    clear: ({ source, code }: { source: string; code: string }) => words.push(`-${source}/${code}`),
  }
  const reserve = await watchDiskReserve(folder, { clock, log, alarms, bytes: allowanceBytes })
  const ledger = inlineLedger({
    at: { ...ledgerFile(join(folder, 'ledger.db')), reserve: reserveFileOf(folder) },
    commands: { ...commands, 'test.append': appendLarge } as const,
    reads,
    ids: countingIds(),
    now: () => testNow,
  })
  const { telemetry, stop } = startTelemetry({
    dataFolder: folder,
    station: stationNo(42),
    mostBytes: 1e9,
    ledger: ledger,
    ...{ clock, log, metrics: countedMetrics().metrics },
    reserveFree: reserve.free,
    now: () => testNow.at,
  })
  return {
    ...{ clock, words, reserve, ledger, telemetry },
    async stop() {
      reserve.stop()
      await stop()
      await ledger.close()
    },
  }
}

let next = 1
async function storeGroup(telemetry: Telemetry): Promise<boolean> {
  const group = Array.from({ length: 500 }, (_, n) => reading(next + n))
  try {
    await telemetry.store(group)
    next += group.length
    return true
  } catch (error) {
    expect(error).toMatchObject({ fault: { code: 'disk_full' } })
    return false
  }
}

function query<T>(file: string, sql: string): readonly T[] {
  const db = new Database(join(folder, file), { readonly: true })
  try {
    return db.prepare<[], T>(sql).all()
  } finally {
    db.close()
  }
}

describe('a disk that is full', () => {
  it('P02 §9 case 17: the ledger goes on within its reserve, readings make room and the gap is told', async ({
    skip,
  }) => {
    skip(!mounted, why)
    const node = await openNode()
    expect(node.reserve.free()).toBe(true)
    // Optional data meets the end of the disk first: the allowance is real room on it.
    let groups = 0
    while (await storeGroup(node.telemetry)) groups += 1
    expect(groups).toBeGreaterThan(20)
    // The ledger writes three megabytes on a disk without room, and more than its log holds.
    for (let n = 0; n < 30; n += 1) await node.ledger.run('test.append', { ops: 100 })
    expect(node.reserve.free()).toBe(false)
    node.clock.advance(seconds(10))
    await eventually(() => node.words.includes('disk/reserve_used'), { what: 'the alarm' })
    // Readings go on, in the room of the oldest: dropped only when the ledger has their gap.
    await eventually(() => storeGroup(node.telemetry), { what: 'readings again' })
    const gaps = query<{ raw: Buffer }>('ledger.db', "SELECT raw FROM outbox WHERE kind = 'gap'")
    const told = gaps.map(
      ({ raw }) => JSON.parse(raw.toString()) as { b: { from: number; to: number } },
    )
    expect(told[0]?.b).toMatchObject({ stream: 'telemetry', from: 1, to: 10_000, count: 10_000 })
    const [left] = query<{ low: number; n: number }>(
      'telemetry.db',
      'SELECT min(id) AS low, count(*) AS n FROM reading',
    )
    const end = Math.max(...told.map(({ b }) => b.to))
    expect(left?.low).toBe(end + 1)
    await node.stop()
    const db = new Database(join(folder, 'ledger.db'))
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(verifyChain(db, 42)).toEqual([])
    expect(
      db.prepare("SELECT count(*) AS n FROM outbox WHERE kind = 'ticket.closed'").get(),
    ).toEqual({
      n: 3_000,
    })
    db.close()
  })

  it('P02 room that comes back fills the reserve first, and the alarm ends', async ({ skip }) => {
    skip(!mounted, why)
    const filler = join(folder, 'filler')
    const node = await openNode()
    execFileSync('fallocate', ['--length', String(46 * megabyte), filler])
    for (let n = 0; n < 12; n += 1) await node.ledger.run('test.append', { ops: 200 })
    expect(node.reserve.free()).toBe(false)
    rmSync(filler)
    node.clock.advance(seconds(10))
    await eventually(() => node.reserve.free(), { what: 'a whole reserve' })
    await node.stop()
  })
})
