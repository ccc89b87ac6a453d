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

/** What happened and, where the error tells it, at which line: enough to look it up from a log. */
function described({ message, stacks, stack }) {
  const at = stacks?.[0]
  const where = at === undefined ? stack?.split('\n')[1]?.trim() : `${at.file}:${at.line}`
  const first = message?.split('\n')[0] ?? 'no message'
  return where === undefined ? first : `${first} (at ${where.replace(root, '')})`
}

/** Errors outside any test: a file that does not load, a hook that fails, a rejection nobody took. */
function errorsOutsideTests(modules, unhandled) {
  const ofSuite = (module) => (suite) => {
    const name = suite === module ? 'its file or a hook' : suite.fullName
    return suite
      .errors()
      .map((error) => `${relative(root, module.moduleId)}: ${name}: ${described(error)}`)
  }
  return [
    ...modules.flatMap((module) =>
      [module, ...module.children.allSuites()].flatMap(ofSuite(module)),
    ),
    ...unhandled.map((error) => `${error.VITEST_TEST_PATH ?? 'no file'}: ${described(error)}`),
  ]
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
