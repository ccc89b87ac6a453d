import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { bootstrap } from './bootstrap.mjs'
import { edgeProgram } from './bootstrap/edge-program.mjs'
import { below, root } from './bootstrap/root.mjs'
import { orStop } from './bootstrap/say.mjs'

/**
 * `npm run edge`: the station node alone, as it runs at a station, set by its environment
 * (docs/runbooks/commissioning.md). `--build` only makes it ready, for a service manager.
 */
await orStop(async () => {
  await bootstrap({ edge: true, screens: true })
  if (process.argv.includes('--build')) return
  const child = spawn(process.execPath, [...edgeProgram.nodeArguments, below(edgeProgram.file)], {
    cwd: root,
    env: { ...edgeProgram.env, ...process.env },
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
})
