import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { startLedgerThread } from '../../../src/adapters/ledger/ledger-client.ts'
import { verifyChain } from '../../../src/adapters/ledger/verify-chain.ts'
import { LedgerFailure } from '../../../src/ports/ledger-failure.ts'
import type { ContractCommands } from '../../ports/contract-commands.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'baari-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))

const writer = fileURLToPath(new URL('./kill-writer.ts', import.meta.url))

/** Runs the writer until `answers` lines came, kills it at once, and answers all it had said. */
async function writeAndKill(file: string, from: number, answers: number): Promise<number[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, file, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(Number(line))
    if (said.length === answers) child.kill('SIGKILL')
  }
  return said
}

it('every command that was answered is in the file after a kill -9, and the chain holds', async () => {
  const file = join(folder, 'ledger.db')
  const answered: number[] = []
  for (const answers of [1, 137, 500]) {
    answered.push(...(await writeAndKill(file, answered.length * 10, answers)))
    const db = new Database(file)
    const stored = new Set(
      db
        .prepare<[], string>("SELECT raw FROM outbox WHERE kind = 'gap'")
        .pluck()
        .all()
        .map((raw) => (JSON.parse(String(raw)) as { b: { from: number } }).b.from),
    )
    expect(answered.filter((n) => !stored.has(n))).toEqual([])
    expect(verifyChain(db, 42)).toEqual([])
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    db.close()
  }
})

const threadOptions = (file: string, failures: LedgerFailure[]) => {
  const clock = manualClock()
  const options = {
    script: new URL('../../ports/contract-thread.ts', import.meta.url),
    at: ledgerFile(join(folder, file)),
    clock,
    now: () => testNow,
    onFailure: (failure: LedgerFailure) => void failures.push(failure),
  }
  return { clock, options }
}

it('when the thread dies, every waiting command is rejected and the owner told once', async () => {
  const failures: LedgerFailure[] = []
  const { options } = threadOptions('dies.db', failures)
  const ledger = await startLedgerThread<ContractCommands>(options)
  await ledger.run('op.add', { n: 1 })
  const results = await Promise.allSettled([
    ledger.run('thread.exit', {}),
    ledger.run('op.add', { n: 2 }),
  ])
  for (const result of results) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { fault: { code: 'ledger_failed' } },
    })
  }
  await expect(ledger.run('op.add', { n: 3 })).rejects.toBeInstanceOf(LedgerFailure)
  await ledger.close()
  expect(failures).toHaveLength(1)

  const restarted = await startLedgerThread<ContractCommands>(options)
  expect(await restarted.run('op.add', { n: 4 })).toBeUndefined()
  await restarted.close()
  expect(failures).toHaveLength(1)
})

it('a thread that does not answer for thirty seconds is given up', async () => {
  const failures: LedgerFailure[] = []
  const { options, clock } = threadOptions('hangs.db', failures)
  const ledger = await startLedgerThread<ContractCommands>(options)
  const hanging = ledger.run('thread.hang', {})
  clock.advance(seconds(30))
  await expect(hanging).rejects.toBeInstanceOf(LedgerFailure)
  await ledger.close()
  expect(failures).toHaveLength(1)
})

it('a file that cannot be opened is a failed start', async () => {
  const failures: LedgerFailure[] = []
  const { options } = threadOptions('no-such-folder/ledger.db', failures)
  await expect(startLedgerThread<ContractCommands>(options)).rejects.toBeInstanceOf(LedgerFailure)
})
