import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  cutNow,
  powerCutEnv,
  powerCutMissing,
  type PowerCut,
} from '../chaos/power-cut/power-cut.ts'

const missing = powerCutMissing()
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name)

let base: string
let dir: string

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'baari-cut-'))
  dir = join(base, 'disk')
})
afterEach(() => rmSync(base, { recursive: true, force: true, maxRetries: 10 }))

type Ended = { readonly said: readonly string[]; readonly signal: NodeJS.Signals | null }

/** Runs a program under the library until the power is cut; `cutAfter` is a line that cuts it. */
async function runUntilCut(
  args: readonly string[],
  cut: Omit<PowerCut, 'dir'> & { readonly cutAfter?: string },
): Promise<Ended> {
  const env = powerCutEnv({ dir, ...cut })
  if (args[0]?.endsWith('file-writer.mjs') === true) writeFileSync(join(dir, 'kept'), 'old')
  const child = spawn(process.execPath, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A writer that is never cut must not outlive its test.
    timeout: 60_000,
    killSignal: 'SIGTERM',
  })
  let said = ''
  let asked = false
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (asked || cut.cutAfter === undefined || !said.includes(`${cut.cutAfter}\n`)) return
    asked = true
    cutNow(child.pid ?? 0)
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  expect(complaints).toContain('power-cut: pages lost')
  // What a process had begun to print when it died is no line.
  return {
    said: said
      .slice(0, said.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean),
    signal,
  }
}

type Ledger = { readonly acknowledged: number; readonly found: readonly number[] }

async function ledgerAfter(
  synchronous: 'FULL' | 'NORMAL' | 'OFF',
  cut: Parameters<typeof runUntilCut>[1],
  where: 'main' | 'thread' = 'main',
): Promise<Ledger> {
  const file = join(dir, 'ledger.db')
  const { said, signal } = await runUntilCut(
    [fixture('wal-writer.mjs'), file, synchronous, where],
    cut,
  )
  expect(signal).toBe('SIGKILL')
  const database = new Database(file)
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const made = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'fill'`).get()
    const rows = made === undefined ? [] : database.prepare('SELECT n FROM fill ORDER BY n').all()
    return { acknowledged: said.length, found: (rows as { n: number }[]).map(({ n }) => n) }
  } finally {
    database.close()
  }
}

const firstNumbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1)

describe('a ledger in WAL mode under the power-cut library', () => {
  it.for([1, 3, 8, 17, 40, 77, 123, 200, 311, 452])(
    'keeps every acknowledged commit when the power fails after change %i',
    async (afterWrites, { skip }) => {
      skip(missing !== undefined, missing)
      const { acknowledged, found } = await ledgerAfter('FULL', { afterWrites, seed: afterWrites })
      expect(found.length).toBeGreaterThanOrEqual(acknowledged)
      expect(found).toEqual(firstNumbers(found.length))
    },
  )

  it.for([1, 2, 5, 23, 60, 111])(
    'keeps every acknowledged commit when the power fails inside sync %i',
    async (atSync, { skip }) => {
      skip(missing !== undefined, missing)
      const { acknowledged, found } = await ledgerAfter('FULL', { atSync, seed: atSync })
      expect(found.length).toBeGreaterThanOrEqual(acknowledged)
      expect(found).toEqual(firstNumbers(found.length))
    },
  )

  it('keeps every acknowledged commit of a writer thread when the cut comes by signal', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing)
    const { acknowledged, found } = await ledgerAfter('FULL', { cutAfter: '100' }, 'thread')
    expect(acknowledged).toBeGreaterThanOrEqual(100)
    expect(found.length).toBeGreaterThanOrEqual(acknowledged)
    expect(found).toEqual(firstNumbers(found.length))
  })

  it('with synchronous=OFF loses acknowledged commits, so the library bites', async ({ skip }) => {
    skip(missing !== undefined, missing)
    const { acknowledged, found } = await ledgerAfter('OFF', { cutAfter: '100' })
    expect(found.length).toBeLessThan(acknowledged)
  })

  it('with synchronous=NORMAL loses the last commits but stays whole and in order', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing)
    // A cut right after a checkpoint's sync loses nothing, so several cuts count together.
    let lost = 0
    for (const afterWrites of [60, 75, 90, 105]) {
      const { acknowledged, found } = await ledgerAfter('NORMAL', { afterWrites })
      expect(found).toEqual(firstNumbers(found.length))
      lost += Math.max(0, acknowledged - found.length)
      rmSync(dir, { recursive: true, force: true, maxRetries: 10 })
    }
    expect(lost).toBeGreaterThan(0)
  })
})

describe('a file under the power-cut library', () => {
  it.for([
    ['overwrites', { kept: 'old' }],
    ['overwrites and syncs', { kept: 'new!' }],
    ['truncates', { kept: 'old' }],
    ['appends', { kept: 'old' }],
    ['creates', { kept: 'old' }],
    ['creates and syncs the folder', { kept: 'old', fresh: 'new' }],
    ['replaces by rename', { kept: 'old' }],
    ['replaces by rename and syncs the folder', { kept: 'new' }],
    ['unlinks', { kept: 'old' }],
    ['unlinks and syncs the folder', {}],
    ['makes a folder with a file', { kept: 'old' }],
  ] as const)('a program that %s leaves %o', async ([deed, expected], { skip }) => {
    skip(missing !== undefined, missing)
    await runUntilCut([fixture('file-writer.mjs'), dir, deed], { cutAfter: 'done' })
    const left = readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')])
    expect(Object.fromEntries(left)).toEqual(expected)
    expect(readdirSync(base)).toEqual(['disk'])
  })

  it('the same seed loses the same pages, and another seed others', async ({ skip }) => {
    skip(missing !== undefined, missing)
    const survivors: string[] = []
    for (const seed of [7, 7, 8]) {
      await runUntilCut([fixture('file-writer.mjs'), dir, 'scatters'], { cutAfter: 'done', seed })
      const bytes = readFileSync(join(dir, 'pages'))
      const pages = Array.from({ length: 64 }, (_, page) => bytes[page * 4096] ?? 0)
      survivors.push(pages.map((byte) => (byte === 1 ? 'n' : 'o')).join(''))
      rmSync(dir, { recursive: true, force: true, maxRetries: 10 })
    }
    expect(survivors[0]).toMatch(/n.*o|o.*n/)
    expect(survivors[1]).toBe(survivors[0])
    expect(survivors[2]).not.toBe(survivors[0])
  })
})
