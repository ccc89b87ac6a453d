import type { Estimate } from '@baari/shared/domain/twin/statistics'
import { reaches, type Goal } from '../figures/last-line.ts'

/** A goal with the limit of the confidence interval that has to hold it. */
export type Judged = {
  readonly name: string
  /** The limit on the unfavourable side; the goal is judged by it. */
  readonly value: number
  readonly op: Goal['op']
  readonly goal: number
  /** For a reader: the estimate with its interval. */
  readonly shown: string
}

export function atMost(name: string, estimate: Estimate, goal: number): Judged {
  return { name, value: estimate.high, op: '<=', goal, shown: textOf(estimate) }
}

export function atLeast(name: string, estimate: Estimate, goal: number): Judged {
  return { name, value: estimate.low, op: '>=', goal, shown: textOf(estimate) }
}

/** A count over all replications, of what must not happen at all. */
export function never(name: string, count: number): Judged {
  return { name, value: count, op: '==', goal: 0, shown: String(count) }
}

export function textOf({ mean, high }: Estimate): string {
  return `${digits(mean)} ±${digits(high - mean)}`
}

function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3)
}

export function holds({ value, op, goal }: Judged): boolean {
  return reaches[op](value, goal)
}

export function sayJudged(say: (line: string) => void, all: readonly Judged[]): void {
  for (const one of all) {
    const verdict = holds(one) ? 'pass' : 'FAIL'
    say(`${verdict}  ${one.name.padEnd(44)} ${one.shown.padStart(18)}  ${one.op} ${one.goal}`)
  }
}
