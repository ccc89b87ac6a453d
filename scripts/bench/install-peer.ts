import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const installWithinMs = 600_000

/**
 * Installs the packages of a peer from its own lock file at the first use. No install script runs
 * but those of the packages named, which have parts to build for this machine.
 */
export async function installPeer(options: {
  readonly home: string
  readonly name: string
  readonly built?: readonly string[]
  readonly say: (line: string) => void
}): Promise<void> {
  const { home, name, built = [], say } = options
  if (existsSync(join(home, 'node_modules/.package-lock.json'))) return
  say(`installing the ${name} peer (once)`)
  const run = promisify(execFile)
  const within = { cwd: home, timeout: installWithinMs }
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  try {
    await run('npm', ['ci', '--ignore-scripts', ...quiet], within)
    if (built.length > 0) await run('npm', ['rebuild', ...built], within)
  } catch (error) {
    // Half a peer would be taken for a whole one the next time.
    rmSync(join(home, 'node_modules'), { recursive: true, force: true })
    throw error
  }
}
