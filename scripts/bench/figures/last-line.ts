export type Goal = {
  readonly name: string
  readonly op: '>=' | '<=' | '<' | '>' | '=='
  readonly goal: number
}

type Figures = Readonly<Record<string, number>>

export type BenchResult = {
  readonly bench: string
  /** Units last in each name; a figure that grows with something is a list of its own figures. */
  readonly figures: Readonly<Record<string, number | readonly Figures[]>>
  readonly goals: readonly Goal[]
  readonly rounds: number
  readonly seed: number
}

/** Whether a measured value reaches a goal. */
export const reaches: { readonly [Op in Goal['op']]: (value: number, goal: number) => boolean } = {
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
  const shown = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === 'number' ? threeDigits(value) : value.map(allThreeDigits),
    ]),
  )
  const judged = goals.map(({ name, op, goal }) => {
    const measured = figures[name]
    // Judged before it is rounded: rounding never turns a missed goal into a met one.
    const pass = typeof measured === 'number' && reaches[op](measured, goal)
    return { name, value: shown[name] ?? null, op, goal, pass }
  })
  return JSON.stringify({ bench, figures: shown, goals: judged, rounds, seed })
}

function allThreeDigits(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, threeDigits(value)]),
  )
}

/** Three significant digits; large figures are whole. */
function threeDigits(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}
