import { expect, it } from 'vitest'
import { lastLine, type BenchResult } from '../../bench/figures/last-line.ts'

const result: BenchResult = {
  bench: 'scan',
  figures: { ours_per_s: 812.4, ratio: 0.59949, p99_ms: 6.3219 },
  goals: [
    { name: 'ratio', op: '>=', goal: 0.6 },
    { name: 'p99_ms', op: '<', goal: 15 },
    { name: 'lost', op: '==', goal: 0 },
  ],
  rounds: 5,
  seed: 1,
}

const parsed = JSON.parse(lastLine(result)) as {
  figures: Record<string, number>
  goals: { name: string; value: number | null; pass: boolean }[]
}

it('the last line is one line', () => {
  expect(lastLine(result)).not.toContain('\n')
})

it('figures keep three digits and large ones are whole', () => {
  expect(parsed.figures).toEqual({ ours_per_s: 812, ratio: 0.599, p99_ms: 6.32 })
})

it('a goal that is missed says so', () => {
  expect(parsed.goals[0]).toMatchObject({ name: 'ratio', value: 0.599, pass: false })
})

it('a goal that is met says so', () => {
  expect(parsed.goals[1]).toMatchObject({ name: 'p99_ms', pass: true })
})

it('a goal whose figure was not measured has no value and does not pass', () => {
  expect(parsed.goals[2]).toMatchObject({ name: 'lost', value: null, pass: false })
})

it('rounding never turns a missed goal into a met one', () => {
  const close = { ...result, figures: { ratio: 0.59999 }, goals: result.goals.slice(0, 1) }
  expect(lastLine(close)).toContain('"pass":false')
})

it('a figure that grows is a list, each with three digits', () => {
  const growth = [{ stations: 250, p99_ms: 12.3456 }]
  const line = JSON.parse(lastLine({ ...result, figures: { ratio: 1, growth } })) as {
    figures: Record<string, unknown>
  }
  expect(line.figures).toEqual({ ratio: 1, growth: [{ stations: 250, p99_ms: 12.3 }] })
})
