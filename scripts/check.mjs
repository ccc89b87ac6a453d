import { availableParallelism } from 'node:os'
import { bootstrap } from './bootstrap.mjs'
import { run } from './bootstrap/processes.mjs'
import { typeScriptArguments } from './bootstrap/node-version.mjs'
import { below } from './bootstrap/root.mjs'
import { orStop, Stop } from './bootstrap/say.mjs'

const module = (path) => below('node_modules', path)

/** A cached lint misses a fault that a changed type causes in another file, so CI keeps no cache. */
const atDesk = (...args) => (process.env.CI ? [] : args)
const cache = (...where) => atDesk('--cache', '--cache-strategy=content', ...where)

const steps = {
  lint: [
    module('eslint/bin/eslint.js'),
    '.',
    '--max-warnings=0',
    ...cache(`--cache-location=${module('.cache/eslint/')}`),
  ],
  format: [
    module('prettier/bin/prettier.cjs'),
    ...['--check', '--log-level=warn', '.', ...cache()],
  ],
  types: [module('typescript/bin/tsc'), '-b'],
  unit: [
    ...[module('vitest/vitest.mjs'), 'run', '--project', 'unit', '--reporter', 'dot'],
    ...atDesk('--experimental.fsModuleCache'),
  ],
  imports: [
    module('dependency-cruiser/bin/dependency-cruise.mjs'),
    ...['--config', '.dependency-cruiser.cjs', 'shared', 'hardware', 'edge', 'cloud', 'scripts'],
    ...atDesk('--cache', module('.cache/dependency-cruiser'), '--cache-strategy', 'content'),
  ],
  tidy: ['scripts/tidy/main.ts'],
}

async function runStep(name) {
  const from = performance.now()
  const args = name === 'tidy' ? [...typeScriptArguments(), ...steps.tidy] : steps[name]
  const { code, output } = await run(process.execPath, args, {
    quiet: true,
    timeoutMs: 10 * 60_000,
  })
  const seconds = ((performance.now() - from) / 1000).toFixed(1).padStart(5)
  process.stdout.write(`${name.padEnd(8)} ${code === 0 ? 'ok    ' : 'failed'} ${seconds} s\n`)
  return { name, failed: code !== 0, output }
}

/** Takes the names one after another on as many lanes as there are cores, at most two. */
async function runAll(names) {
  const waiting = [...names]
  const done = []
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      done.push(await runStep(name))
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane))
  return done
}

/** Step names from `--only a,b` or all of them less `--without a,b`. */
function chosen(args) {
  const list = (flag) => {
    const at = args.indexOf(flag)
    return at < 0 ? undefined : (args[at + 1] ?? '').split(',')
  }
  const names = list('--only') ?? Object.keys(steps)
  const without = list('--without') ?? []
  const unknown = [...names, ...without].find((name) => !(name in steps))
  if (unknown !== undefined)
    throw new Stop(`no step ${unknown}; there are ${Object.keys(steps).join(', ')}.`)
  return names.filter((name) => !without.includes(name))
}

await orStop(async () => {
  const names = chosen(process.argv.slice(2))
  await bootstrap()
  const from = performance.now()
  const failed = (await runAll(names)).filter((step) => step.failed)
  for (const { name, output } of failed) process.stdout.write(`\n── ${name}\n${output.trim()}\n`)
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  const verdict =
    failed.length === 0
      ? `all ${names.length} steps pass`
      : `failed: ${failed.map(({ name }) => name).join(', ')}`
  process.stdout.write(`\n${verdict} (${seconds} s)\n`)
  process.exitCode = failed.length === 0 ? 0 : 1
})
