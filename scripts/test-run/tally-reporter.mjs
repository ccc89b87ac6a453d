import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from '../bootstrap/root.mjs'

/** Where the runner reads the figures of one vitest process. */
export const tallyFileVariable = 'BAARI_TALLY_FILE'

const nameOf = (test) => `${relative(root, test.module.moduleId)}: ${test.fullName}`

function skipped(test) {
  const reason =
    test.result().note ?? (test.options.mode === 'todo' ? 'not written yet' : undefined)
  return { name: nameOf(test), reason }
}

function failed(test) {
  const [first] = test.result().errors ?? []
  return { name: nameOf(test), reason: first?.message?.split('\n')[0] ?? 'no message' }
}

/** Errors outside any test: a file that does not load, a hook that fails, a rejection nobody took. */
function errorsOutsideTests(modules, unhandled) {
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
  return [...suites.flatMap((suite) => suite.errors()), ...unhandled].map(({ message }) => message)
}

/**
 * A vitest reporter that writes how many tests passed, failed and were skipped, why they failed or
 * were skipped, which passed only when tried again, and what failed outside a test. vitest's own
 * JSON form does not know all of these.
 */
export default class TallyReporter {
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const inState = (state) => tests.filter((test) => test.result().state === state)
    const tally = {
      passed: inState('passed').length,
      failed: inState('failed').map(failed),
      // Passed all the same, but nobody should have to look for it.
      triedAgain: tests.filter((test) => test.diagnostic()?.flaky === true).map(nameOf),
      // A test that never reached its end was not run, whatever the reason.
      skipped: [...inState('skipped'), ...inState('pending')].map(skipped),
      errors: errorsOutsideTests(modules, unhandled),
    }
    writeFileSync(process.env[tallyFileVariable], JSON.stringify(tally))
  }
}
