import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { typeScriptArguments } from '../bootstrap/node-version.mjs'
import { markerName } from '../dev/data-folder.ts'
import { claimWorld, runningWorld } from '../dev/world-lock.ts'

const reset = resolve(import.meta.dirname, '../dev/reset.ts')
const lockUser = join(import.meta.dirname, 'fixtures/lock-user.mjs')

let base: string
let data: string

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'baari-data-'))
  data = join(base, 'data')
  mkdirSync(join(data, 'postgres'), { recursive: true })
  writeFileSync(join(data, 'postgres/rows'), 'rows')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

type Ended = { readonly code: number; readonly said: string }

async function runReset(...args: readonly string[]): Promise<Ended> {
  const command = [...typeScriptArguments(), reset, ...args]
  const run = promisify(execFile)(process.execPath, command, {
    env: { ...process.env, BAARI_DATA: data },
  })
  run.child.stdin?.end()
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (failed: { code: number; stdout: string; stderr: string }) => ({
      code: failed.code,
      said: failed.stdout + failed.stderr,
    }),
  )
}

const mark = (): void => writeFileSync(join(data, markerName), '')

describe('reset', () => {
  it('with --yes empties a folder that is ours, and says so again when it is empty', async () => {
    mark()
    expect(await runReset('--yes')).toEqual({ code: 0, said: `${data} is empty.\n` })
    expect(existsSync(join(data, 'postgres'))).toBe(false)
    expect(await runReset()).toEqual({ code: 0, said: `${data} is empty already.\n` })
  })

  it('with nobody to ask removes nothing', async () => {
    mark()
    const { code, said } = await runReset()
    expect([code, said]).toEqual([1, expect.stringContaining('say --yes')])
    expect(readFileSync(join(data, 'postgres/rows'), 'utf8')).toBe('rows')
  })

  it('a folder without our mark is not ours to empty, even with --yes', async () => {
    const { code, said } = await runReset('--yes')
    expect([code, said]).toEqual([1, expect.stringContaining('not ours')])
    expect(existsSync(join(data, 'postgres/rows'))).toBe(true)
  })

  it('is refused while a world runs, and allowed once it has ended', async () => {
    mark()
    const release = claimWorld(data)
    expect(runningWorld(data)).toBe(process.pid)
    expect(await runReset('--yes')).toEqual({
      code: 1,
      said: expect.stringContaining(`process ${process.pid}`) as string,
    })
    release()
    expect((await runReset('--yes')).code).toBe(0)
  })

  it('the claim of a killed world holds nobody up', async () => {
    const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const ticks = readFileSync(`/proc/${killed.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]
    writeFileSync(join(data, 'world.pid'), `${killed.pid} ${ticks}`)
    expect(runningWorld(data)).toBe(killed.pid)
    expect(() => claimWorld(data)).toThrow('already runs')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(runningWorld(data)).toBeUndefined()
    claimWorld(data)()
  })

  it('a later process with the number of a killed world is no world', () => {
    writeFileSync(join(data, 'world.pid'), `${process.pid} 1`)
    expect(runningWorld(data)).toBeUndefined()
  })
})

describe('the lock of a clone', () => {
  const use = async (deed: string): Promise<void> => {
    const child = spawn(
      process.execPath,
      [lockUser, join(base, 'lock'), join(base, 'diary'), deed],
      {
        stdio: 'ignore',
      },
    )
    await once(child, 'exit')
  }
  const diary = (): readonly string[] =>
    readFileSync(join(base, 'diary'), 'utf8').trim().split('\n')

  it('lets one command in at a time', async () => {
    await Promise.all([use('work'), use('work'), use('work')])
    expect(diary()).toEqual(Array.from({ length: 15 }, () => ['in', 'out']).flat())
    expect(existsSync(join(base, 'lock'))).toBe(false)
  })

  it('is taken over by all others when its holder was killed', async () => {
    await use('die')
    await Promise.all([use('work'), use('work')])
    expect(diary()).toEqual(['in', ...Array.from({ length: 10 }, () => ['in', 'out']).flat()])
  })
})
