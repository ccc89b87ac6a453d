import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { run } from '../bootstrap/processes.mjs'
import { below } from '../bootstrap/root.mjs'
import { tallyFileVariable } from './tally-reporter.mjs'

/**
 * @typedef {{passed: number, failed: number, skipped: {name: string, reason?: string}[],
 *   errors: string[]}} Tally
 */

/**
 * Runs one vitest project to its end.
 * @param {string} project `unit` or `real`
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
    const silent = code !== 0 && tally.failed === 0 && tally.errors.length === 0
    return silent ? { ...tally, errors: [ended] } : tally
  } catch {
    return { passed: 0, failed: 0, skipped: [], errors: [ended] }
  } finally {
    rmSync(file, { force: true })
  }
}

/** Adds the tallies of several projects. */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.reduce((total, { failed, errors }) => total + failed + errors.length, 0),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    errors: tallies.flatMap(({ errors }) => errors),
  }
}

/** The one line a machine reads; an error outside a test counts as a failed test. */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`
