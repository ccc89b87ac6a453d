import { startLedgerThread } from '@baari/edge/adapters/ledger/ledger-client'
import { backUpInProcess } from '@baari/edge/adapters/ledger/hourly-backup'
import { nozzleNo } from '@baari/edge/domain/position/nozzle'
import { takeNodeLock } from '@baari/edge/adapters/ledger/node-lock'
import type { Commands } from '@baari/edge/app/commands'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { grams } from '@baari/shared/units/mass'
import { positionNo, stationNo } from '@baari/shared/units/names'
import Database from 'better-sqlite3'
import { Command } from 'commander'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { register } from '../../cli/commands/edge.ts'

const clock = manualClock()
let data: string
let said: string

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'baari-restore-'))
  said = ''
  const hear = (text: string | Uint8Array): boolean => {
    said += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(hear)
  vi.spyOn(process.stderr, 'write').mockImplementation(hear)
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(data, { recursive: true, force: true, maxRetries: 10 })
})

async function baari(...args: string[]): Promise<void> {
  const program = new Command('baari')
  register(program)
  await program.parseAsync(['node', 'baari', ...args])
}

async function stationWithBackup(): Promise<void> {
  const now = { at: clock.now(), mono: clock.mono(), trusted: true }
  const ledger = await startLedgerThread<Commands>({
    script: new URL('../../../edge/src/compose/ledger-thread.ts', import.meta.url),
    at: {
      file: join(data, 'ledger.db'),
      station: stationNo(42),
      boot: 'b0',
      instance: '00000001-0000-7000-8000-0000000000aa',
      version: 'test',
      now,
    },
    clock,
    now: () => now,
    onFailure: (failure) => {
      throw failure
    },
  })
  const meter = {
    widthGrams: grams(1_000_000_000),
    maxFlowGramsPerS: grams(1000),
    countGrams: grams(10),
  }
  const nozzle = { position: positionNo(1), nozzle: nozzleNo(1), type: 'ngv1', meter } as const
  await ledger.run('fill.install', {
    setup: { ...nozzle, toleranceGrams: grams(200) },
    totaliserGrams: grams(5000),
  })
  await backUpInProcess(
    { ledgerFile: join(data, 'ledger.db'), folder: join(data, 'backups'), at: clock.now() },
    { clock, script: new URL('../../../edge/src/compose/backup-process.ts', import.meta.url) },
  )
  await ledger.close()
}

it('restore puts the newest backup back and says what it did', async () => {
  await stationWithBackup()
  await baari('edge', 'restore', '--data', data)
  expect(said).toMatch(/^Restored station 42 from .*ledger-\d{8}T\d{6}Z\.db/)
  expect(said).toMatch(/The replaced file was kept as/)
  expect(process.exitCode).toBeUndefined()
  expect(readdirSync(data).some((name) => name.startsWith('replaced-ledger-'))).toBe(true)
})

it('restore refuses while a node runs on the folder, in one sentence and with exit code 1', async () => {
  await stationWithBackup()
  const running = takeNodeLock(data)
  await baari('edge', 'restore', '--data', data)
  running.release()
  expect(said).toMatch(/^Nothing was restored: .*in use by the node with process id \d+\n$/)
  expect(process.exitCode).toBe(1)
})

it('restore without a backup says where it looked', async () => {
  await baari('edge', 'restore', '--data', data)
  expect(said).toBe(`Nothing was restored: no backup lies in ${join(data, 'backups')}\n`)
  expect(process.exitCode).toBe(1)
})

it('restore refuses a backup whose books do not hold', async () => {
  await stationWithBackup()
  const [name = ''] = readdirSync(join(data, 'backups'))
  const backup = new Database(join(data, 'backups', name))
  backup.exec('UPDATE nozzle SET settled_grams = settled_grams + 500')
  backup.close()
  await baari('edge', 'restore', '--data', data)
  expect(said).toMatch(/^Nothing was restored: .*books of position 1, nozzle 1/)
  expect(process.exitCode).toBe(1)
})
