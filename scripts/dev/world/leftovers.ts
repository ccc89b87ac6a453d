import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { alive, startTicksOf } from '../process-life.ts'

const patienceMs = 10_000
const lookAgainMs = 20

/** Remembers a part's process, so that the next start finds it should the world be killed. */
export function rememberPart(folder: string, name: string, pid: number): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.pid`), `${pid} ${startTicksOf(pid) ?? ''}`)
}

export function forgetPart(folder: string, name: string): void {
  rmSync(join(folder, `${name}.pid`), { force: true })
}

/**
 * Ends what a killed world left running: a number alone may belong to somebody else by now, so
 * the process must also have started at the remembered moment.
 * @returns names of the parts that were ended
 */
export async function endLeftovers(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return []
  const ended: string[] = []
  for (const file of readdirSync(folder).filter((each) => each.endsWith('.pid'))) {
    const [pidText = '', start = ''] = readFileSync(join(folder, file), 'utf8').trim().split(' ')
    const pid = Number.parseInt(pidText, 10)
    const same = Number.isInteger(pid) && alive(pid) && start !== '' && startTicksOf(pid) === start
    if (same) {
      await endProcess(pid)
      ended.push(file.replace(/\.pid$/, ''))
    }
    rmSync(join(folder, file), { force: true })
  }
  return ended
}

async function endProcess(pid: number): Promise<void> {
  const limit = performance.now() + patienceMs
  process.kill(pid, 'SIGTERM')
  while (alive(pid) && performance.now() < limit) await sleep(lookAgainMs)
  if (alive(pid)) process.kill(pid, 'SIGKILL')
  while (alive(pid) && performance.now() < 2 * limit) await sleep(lookAgainMs)
}
