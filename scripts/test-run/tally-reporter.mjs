import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from '../bootstrap/root.mjs'

/** Where the runner reads the figures of one vitest process. */
export const tallyFileVariable = 'BAARI_TALLY_FILE'

function skipped(test) {
  const reason =
    test.result().note ?? (test.options.mode === 'todo' ? 'not written yet' : undefined)
  return { name: `${relative(root, test.module.moduleId)}: ${test.fullName}`, reason }
}

/** Errors outside any test: a file that does not load, a hook that fails, a rejection nobody took. */
function errorsOutsideTests(modules, unhandled) {
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
  return [...suites.flatMap((suite) => suite.errors()), ...unhandled].map(({ message }) => message)
}

/**
 * A vitest reporter that writes how many tests passed, failed and were skipped, why they were
 * skipped, and what failed outside a test. vitest's own JSON form knows neither of the last two.
 */
export class TallyReporter {
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const inState = (state) => tests.filter((test) => test.result().state === state)
    const tally = {
      passed: inState('passed').length,
      failed: inState('failed').length,
      // A test that never reached its end was not run, whatever the reason.
      skipped: [...inState('skipped'), ...inState('pending')].map(skipped),
      errors: errorsOutsideTests(modules, unhandled),
    }
    writeFileSync(process.env[tallyFileVariable], JSON.stringify(tally))
  }
}

export default TallyReporter
