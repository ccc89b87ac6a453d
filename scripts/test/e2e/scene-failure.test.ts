import { describe, expect, it } from 'vitest'
import { failureOf, failureReport } from '../../e2e/scene-failure.ts'

describe('the end of a run of scenes', () => {
  it('says for a scene that failed in which step, of what and where', () => {
    const thrown = new Error('locator.waitFor: Timeout\nCall log:\n  - \u001b[2mwaiting\u001b[22m')
    thrown.stack = 'Error\n    at showQr (/home/x/scripts/e2e/people/attendant.ts:114:32)'
    const failures = [failureOf('the phone is held up', thrown)]
    expect(failureReport([{ scene: 'first-station', failures, passed: false }])).toEqual([
      'failed: first-station, in "the phone is held up"',
      '    locator.waitFor: Timeout',
      '    Call log:',
      '      - waiting',
      '    at scripts/e2e/people/attendant.ts:114',
    ])
  })

  it('says why a question was never answered, and bounds what was thrown', () => {
    const thrown = new Error('x\n'.repeat(40), { cause: new Error('no view') })
    expect(failureOf('it', thrown).lines.length).toBeLessThanOrEqual(8)
    const late = new Error('not within 60000 ms: the board', { cause: new Error('no view') })
    expect(failureOf('it', late).lines).toContain('because: Error: no view')
  })

  it('tells every try of a scene that passed at its second, and nothing of one that passed', () => {
    const failures = [failureOf('it', 'text')]
    const report = failureReport([
      { scene: 'a', failures, passed: true },
      { scene: 'b', failures: [], passed: true },
    ])
    expect(report).toEqual(['failed: a, try 1, in "it"; passed when tried again', '    text'])
  })
})
