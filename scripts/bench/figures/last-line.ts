export type Goal = {
  readonly name: string
  readonly op: '>=' | '<=' | '<' | '>' | '=='
  readonly goal: number
}

export type BenchResult = {
  readonly bench: string
  /** Units last in each name, as benches.md lists them. */
  readonly figures: Readonly<Record<string, number>>
  readonly goals: readonly Goal[]
  readonly rounds: number
  readonly seed: number
}

const holds: { readonly [Op in Goal['op']]: (value: number, goal: number) => boolean } = {
  '>=': (value, goal) => value >= goal,
  '<=': (value, goal) => value <= goal,
  '<': (value, goal) => value < goal,
  '>': (value, goal) => value > goal,
  '==': (value, goal) => value === goal,
}

/**
 * The one JSON line a bench ends with. A goal whose figure was not measured has value null and
 * does not pass.
 */
export function lastLine({ bench, figures, goals, rounds, seed }: BenchResult): string {
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, threeDigits(value)]),
  )
  const judged = goals.map(({ name, op, goal }) => {
    const value = rounded[name]
    return { name, value: value ?? null, op, goal, pass: value !== undefined && holds[op](value, goal) }
  })
  return JSON.stringify({ bench, figures: rounded, goals: judged, rounds, seed })
}

/** Three significant digits, but never less than whole numbers. */
function threeDigits(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
