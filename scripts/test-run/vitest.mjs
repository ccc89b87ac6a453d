import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { run } from '../bootstrap/processes.mjs'
import { below } from '../bootstrap/root.mjs'
import { tallyFileVariable } from './tally-reporter.mjs'

/**
 * @typedef {{name: string, reason?: string}} Named
 * @typedef {{passed: number, failed: Named[], triedAgain: string[], skipped: Named[],
 *   errors: string[]}} Tally
 */

/**
 * Runs one vitest project to its end.
 * @param {string} project `unit`, `long` or `real`
 * @param {string[]} args passed on to vitest: paths, `-t` and the like
 * @returns {Promise<Tally>} a run that ends without a tally counts as one error
 */
export async function runProject(project, args = []) {
  const file = below('out', `tally-${project}-${process.pid}.json`)
  mkdirSync(below('out'), { recursive: true })
  rmSync(file, { force: true })
  const { code } = await run(
    process.execPath,
    [
      below('node_modules/vitest/vitest.mjs'),
      'run',
      ...['--project', project, '--passWithNoTests'],
      ...['--reporter', 'default', '--reporter', below('scripts/test-run/tally-reporter.mjs')],
      ...args,
    ],
    { env: { ...process.env, [tallyFileVariable]: file } },
  )
  return readTally(file, { project, code })
}

function readTally(file, { project, code }) {
  const ended = `vitest of project ${project} ended with code ${code}`
  try {
    const tally = JSON.parse(readFileSync(file, 'utf8'))
    const silent = code !== 0 && tally.failed.length === 0 && tally.errors.length === 0
    return silent ? { ...tally, errors: [ended] } : tally
  } catch {
    return { passed: 0, failed: [], triedAgain: [], skipped: [], errors: [ended] }
  } finally {
    rmSync(file, { force: true })
  }
}

/** Adds the tallies of several projects. */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    triedAgain: tallies.flatMap(({ triedAgain }) => triedAgain),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    errors: tallies.flatMap(({ errors }) => errors),
  }
}

/** An error outside a test counts as a failed test. */
export const failures = ({ failed, errors }) => failed.length + errors.length

/** The one line a machine reads. */
export const closingLine = (tally) =>
  `${tally.passed} passed, ${failures(tally)} failed, ${tally.skipped.length} skipped`
