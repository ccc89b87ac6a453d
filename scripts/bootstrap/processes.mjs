import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { requireNode, typeScriptArguments } from './node-version.mjs'
import { below, root } from './root.mjs'

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, timeoutMs?: number}} options
 *   `quiet` keeps the output for the result instead of showing it.
 * @returns {Promise<{code: number, output: string}>} code 127 when the command does not exist.
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = process.env, quiet = false, timeoutMs = 30 * 60_000 } = options
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      timeout: timeoutMs,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    })
    const kept = []
    child.stdout?.on('data', (chunk) => kept.push(chunk))
    child.stderr?.on('data', (chunk) => kept.push(chunk))
    child.on('error', (reason) => resolve({ code: 127, output: reason.message }))
    child.on('close', (code, signal) =>
      resolve({ code: code ?? exitCodeOf(signal), output: Buffer.concat(kept).toString() }),
    )
  })
}

const exitCodeOf = (signal) => 128 + (constants.signals[signal] ?? 1)

/**
 * Runs a TypeScript entry in our place: standard streams shared, signals passed on, and its exit
 * code ours. A terminal sends Ctrl-C to both processes itself, so that one is not sent twice.
 * @returns {Promise<never>}
 */
export async function runEntry(entry, args, { cwd = root } = {}) {
  requireNode()
  const child = spawn(process.execPath, [...typeScriptArguments(), below(entry), ...args], {
    cwd,
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (exitCode, signal) => resolve(exitCode ?? exitCodeOf(signal)))
  })
  process.exit(code)
}
