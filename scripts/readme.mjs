import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { bootstrap } from './bootstrap.mjs'
import { below, root } from './bootstrap/root.mjs'
import { orStop, say, Stop } from './bootstrap/say.mjs'

/**
 * Runs what the README promises, so that it cannot rot. A fenced block marked `sh ci` holds one
 * command per line. `sh ci until="some text"` starts its single command, waits for the text and
 * ends it with Ctrl-C's signal, after which it must end by itself.
 */
const boundMs = 5 * 60_000

function blocks(text) {
  const found = text.matchAll(/^```sh ci(?: until="([^"]+)")?\n([\s\S]*?)^```$/gm)
  return [...found].flatMap(([, until, body]) =>
    body
      .split('\n')
      .map((line) => line.replace(/\s+# .*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((command) => ({ command, until })),
  )
}

function runOne({ command, until }) {
  say(`README: ${command}`)
  return new Promise((resolve) => {
    // Its own process group, so that the signal reaches the command and not only its shell.
    const child = spawn('sh', ['-c', command], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const signal = (name) => {
      try {
        process.kill(-child.pid, name)
      } catch {
        // The whole group has ended meanwhile.
      }
    }
    const late = setTimeout(() => signal('SIGKILL'), boundMs)
    let seen = ''
    let met = until === undefined
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk)
      seen = (seen + chunk).slice(-65_536)
      if (met || !seen.includes(until)) return
      met = true
      signal('SIGINT')
    })
    child.on('close', (code, ended) => {
      clearTimeout(late)
      const byUs = until !== undefined && (ended === 'SIGINT' || code === 130)
      resolve(met && (code === 0 || byUs))
    })
  })
}

await orStop(async () => {
  await bootstrap({ screens: true })
  const commands = blocks(readFileSync(below('README.md'), 'utf8'))
  if (commands.length === 0) throw new Stop('README.md has no block marked `sh ci`.')
  for (const command of commands) {
    if (!(await runOne(command))) throw new Stop(`README command failed: ${command.command}`)
  }
  say(`${commands.length} README commands work`)
})
