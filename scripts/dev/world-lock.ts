import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alive, startTicksOf } from './process-life.ts'

const lockName = 'world.pid'

/** The process that runs a world on this data folder, if one does. */
export function runningWorld(folder: string): number | undefined {
  const path = join(folder, lockName)
  if (!existsSync(path)) return undefined
  const [pidText = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ')
  const pid = Number.parseInt(pidText, 10)
  if (!Number.isInteger(pid) || !alive(pid)) return undefined
  return start === '' || startTicksOf(pid) === start ? pid : undefined
}

/**
 * Claims the data folder for this process until the returned function is called. A claim left by
 * a killed process is taken over.
 * @throws Error naming the process when a world already runs there
 */
export function claimWorld(folder: string): () => void {
  const path = join(folder, lockName)
  const running = runningWorld(folder)
  if (running !== undefined && running !== process.pid) {
    throw new Error(`a world already runs on ${folder} (process ${running})`)
  }
  rmSync(path, { force: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${process.pid} ${startTicksOf(process.pid) ?? ''}`)
  try {
    // A link fails when another process was faster; a write would not.
    linkSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => rmSync(path, { force: true })
}
