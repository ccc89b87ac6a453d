import { present } from '@baari/shared/faults/assert'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { after, hours, instant } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BackupReport } from '../../../src/adapters/ledger/backup.ts'
import { backUpInProcess, hourlyBackup } from '../../../src/adapters/ledger/hourly-backup.ts'
import { checkCopy } from '../../../src/adapters/ledger/check-copy.ts'
import { startLedgerThread } from '../../../src/adapters/ledger/ledger-client.ts'
import { takeNodeLock } from '../../../src/adapters/ledger/node-lock.ts'
import { restoreLedger, RestoreRefused } from '../../../src/adapters/ledger/restore.ts'
import type { Ledger } from '../../../src/ports/ledger.ts'
import type { ContractCommands } from '../../ports/contract-commands.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

const at = instant(Date.UTC(2026, 10, 22, 7))
const clock = manualClock(at)
let data: string
let backups: string

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'baari-data-'))
  backups = join(data, 'backups')
})
afterEach(() => rmSync(data, { recursive: true, force: true, maxRetries: 10 }))

const open = (): Promise<Ledger<ContractCommands>> =>
  startLedgerThread<ContractCommands>({
    script: new URL('../../ports/contract-thread.ts', import.meta.url),
    at: ledgerFile(join(data, 'ledger.db')),
    clock,
    now: () => testNow,
    onFailure: (failure) => {
      throw failure
    },
  })

const backUp = (hour = 0): Promise<BackupReport> =>
  backUpInProcess(
    { ledgerFile: join(data, 'ledger.db'), folder: backups, at: after(at, hours(hour)) },
    { clock },
  )

const restore = (from?: string) =>
  restoreLedger({ dataFolder: data, from, backupFolder: backups, at })

async function written(count: number): Promise<void> {
  const ledger = await open()
  for (let n = 0; n < count; n += 1) await ledger.run('op.add', { n })
  await ledger.close()
}

describe('the backup', () => {
  it('of a ledger that is being written is whole and holds everything answered before', async () => {
    const ledger = await open()
    for (let n = 0; n < 50; n += 1) await ledger.run('op.add', { n })
    let writing = true
    const writer = (async () => {
      for (let n = 50; writing; n += 1) await ledger.run('op.add', { n })
    })()
    const report = await backUp()
    writing = false
    await writer
    await ledger.close()
    const check = checkCopy(report.file)
    expect(check.flaws).toEqual([])
    expect(report.ops).toBeGreaterThanOrEqual(51)
    expect(readdirSync(backups)).toEqual(['ledger-20261122T070000Z.db'])
  })

  it('keeps the newest forty-eight', async () => {
    await written(1)
    const first = await backUp()
    for (let n = 1; n <= 48; n += 1) {
      const name = `ledger-202611${String(10 + (n % 10))}T${String(n).padStart(6, '0')}Z.db`
      copyFileSync(first.file, join(backups, name))
    }
    writeFileSync(join(backups, 'notes.txt'), 'not ours')
    expect((await backUp(1)).kept).toBe(48)
    const left = readdirSync(backups)
    expect(left).toContain('notes.txt')
    expect(left).toContain('ledger-20261122T080000Z.db')
    expect(left).toHaveLength(49)
  })

  it('of a ledger whose chain is broken fails and leaves the good ones alone', async () => {
    await written(3)
    const good = await backUp()
    const db = new Database(join(data, 'ledger.db'))
    db.exec("UPDATE outbox SET raw = CAST(raw || x'20' AS BLOB) WHERE seq = 2")
    db.close()
    await expect(backUp(1)).rejects.toThrow(/hash at 2/)
    expect(existsSync(good.file)).toBe(true)
    expect(readdirSync(backups).filter((name) => name.startsWith('ledger-2026'))).toHaveLength(1)
  })

  it('runs at once and then every hour, and goes on after one that failed', async () => {
    const done: string[] = []
    const failed: string[] = []
    const manual = manualClock(at)
    const next = (list: string[], length: number) =>
      expect.poll(() => list.length, { timeout: 20_000 }).toBe(length)
    const running = hourlyBackup({
      ledgerFile: join(data, 'ledger.db'),
      folder: backups,
      clock: manual,
      now: () => manual.now(),
      onDone: ({ file }) => void done.push(file),
      onFailed: ({ message }) => void failed.push(message),
    })
    await next(failed, 1)
    await written(1)
    await expect.poll(() => manual.pendingTimers()).toContain('next backup')
    manual.advance(hours(1))
    await next(done, 1)
    running.stop()
    manual.advance(hours(2))
    expect(done).toHaveLength(1)
    expect(done[0]).toContain('ledger-20261122T080000Z.db')
  })
})

describe('the restore', () => {
  it('puts the newest backup back, keeps the replaced file and opens a new epoch', async () => {
    await written(5)
    const { ops } = await backUp()
    await written(7)
    const report = restore()
    expect(report).toMatchObject({ ops, station: 42 })
    expect(report.epoch).not.toBe(report.prevEpoch)

    const aside = checkCopy(present(report.keptAside, 'replaced file'))
    expect(aside).toMatchObject({ epoch: report.prevEpoch, flaws: [] })
    expect(aside.ops).toBeGreaterThan(ops)

    const ledger = await open()
    await ledger.run('op.add', { n: 99 })
    await ledger.close()
    const check = checkCopy(join(data, 'ledger.db'))
    expect(check).toMatchObject({ epoch: report.epoch, flaws: [] })
    const db = new Database(join(data, 'ledger.db'))
    const meta = db.prepare('SELECT prev_epoch, prev_heads, restored_from FROM sync_meta').get()
    expect(meta).toMatchObject({
      prev_epoch: report.prevEpoch,
      restored_from: 'ledger-20261122T070000Z.db',
    })
    const { prev_heads: heads } = meta as { readonly prev_heads: string }
    expect(JSON.parse(heads)).toContainEqual(
      expect.objectContaining({ stream: 'ledger', seq: ops, epoch: report.prevEpoch }),
    )
    const firstOps = db
      .prepare('SELECT seq, kind FROM outbox WHERE epoch = ? ORDER BY seq')
      .all(report.epoch)
    expect(firstOps).toEqual([
      { seq: 1, kind: 'epoch.opened' },
      { seq: 2, kind: 'boot' },
      { seq: 3, kind: 'gap' },
    ])
    db.close()
  })

  it('brings a station back whose ledger is gone', async () => {
    await written(2)
    await backUp()
    rmSync(join(data, 'ledger.db'))
    expect(restore()).toMatchObject({ keptAside: null, station: 42 })
    await written(1)
  })

  it('replaces a file that SQLite can no longer read', async () => {
    await written(2)
    await backUp()
    writeFileSync(join(data, 'ledger.db'), 'rubbish')
    writeFileSync(join(data, 'ledger.db-wal'), 'rubbish')
    const { keptAside } = restore()
    expect(existsSync(present(keptAside, 'replaced file'))).toBe(true)
    expect(existsSync(join(data, 'ledger.db-wal'))).toBe(false)
    await written(1)
  })

  it('refuses while a node runs on the folder and works once it was killed', async () => {
    await written(1)
    await backUp()
    const holder = fileURLToPath(new URL('./hold-lock.ts', import.meta.url))
    const node = spawn(process.execPath, ['--import', 'tsx', holder, data])
    await new Promise((resolve) => node.stdout.once('data', resolve))
    expect(() => restore()).toThrow(`in use by the node with process id ${node.pid}`)
    const gone = new Promise((resolve) => node.once('exit', resolve))
    node.kill('SIGKILL')
    await gone
    expect(restore()).toMatchObject({ station: 42 })
  })

  it('refuses a damaged backup and changes nothing', async () => {
    await written(400)
    const { file } = await backUp()
    truncateSync(file, 40_000)
    expect(() => restore()).toThrow(RestoreRefused)
    writeFileSync(file, 'no database')
    expect(() => restore(file)).toThrow(RestoreRefused)
    expect(checkCopy(join(data, 'ledger.db')).flaws).toEqual([])
  })

  it('says when there is nothing to restore', () => {
    expect(() => restore()).toThrow(/no backup lies in/)
    expect(() => restore('/nowhere.db')).toThrow(/there is no file/)
  })
})

describe('the lock of a data folder', () => {
  it('is one process at a time and is free again once released', () => {
    const lock = takeNodeLock(data)
    expect(() => takeNodeLock(data)).toThrow(/in use/)
    lock.release()
    takeNodeLock(data).release()
  })
})
