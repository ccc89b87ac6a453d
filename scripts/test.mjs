import { bootstrap } from './bootstrap.mjs'
import { orStop, say, Stop } from './bootstrap/say.mjs'
import { closingLine, failures, runProject, sum } from './test-run/vitest.mjs'

const kinds = ['unit', 'long', 'real']

/** Takes `--project NAME` and `--project=NAME` out of the arguments; the rest goes to vitest. */
function split(args) {
  const projects = []
  const rest = []
  for (let at = 0; at < args.length; at += 1) {
    if (args[at] === '--project') projects.push(args[(at += 1)])
    else if (args[at].startsWith('--project=')) projects.push(args[at].slice('--project='.length))
    else rest.push(args[at])
  }
  const unknown = projects.find((name) => !kinds.includes(name))
  if (unknown !== undefined) throw new Stop(`no project ${unknown}; there are ${kinds.join(', ')}.`)
  return { projects: projects.length > 0 ? projects : kinds, rest }
}

function report(total, { byName }) {
  for (const message of total.errors) say(`failed outside a test: ${message}`)
  for (const { name, reason } of total.failed) say(`failed: ${name} (${reason})`)
  for (const name of total.triedAgain) say(`passed when tried again: ${name}`)
  // A run by name skips everything else on purpose.
  for (const { name, reason } of byName ? [] : total.skipped)
    say(`skipped: ${name} (${reason ?? 'see its name'})`)
  if (total.passed + failures(total) === 0) say('no test ran')
  process.stdout.write(`${closingLine(total)}\n`)
}

await orStop(async () => {
  const { projects, rest } = split(process.argv.slice(2))
  const real = projects.includes('real')
  await bootstrap({ programs: real ? ['test', 'screens'] : [], screens: real, shims: real })
  const tallies = []
  for (const project of projects) tallies.push(await runProject(project, rest))
  const total = sum(tallies)
  report(total, { byName: rest.some((arg) => /^(-t|--testNamePattern)/.test(arg)) })
  process.exitCode = failures(total) > 0 || total.passed === 0 ? 1 : 0
})
