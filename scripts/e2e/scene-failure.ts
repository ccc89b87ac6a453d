/** Where a scene failed and of what. */
export type SceneFailure = {
  /** What it had said it was about to do. */
  readonly stage: string
  /** What was thrown, at most {@link mostLines} lines, and where in our own files. */
  readonly lines: readonly string[]
}

const mostLines = 8
const mostColumns = 300

// Without its colours, which a browser's driver puts into its messages.
const colours = /\u001b\[[0-9;]*m/g

/** What is worth saying once more at the end of a long run. */
export function failureOf(stage: string, thrown: unknown): SceneFailure {
  const [message, stack] =
    thrown instanceof Error ? [thrown.message, thrown.stack ?? ''] : [String(thrown), '']
  const cause = thrown instanceof Error && thrown.cause !== undefined ? String(thrown.cause) : ''
  const said = [...linesOf(message), ...linesOf(cause).map((line) => `because: ${line}`)]
  const where = /\(?(\S*scripts\/e2e\/\S+:\d+):\d+\)?/.exec(stack)?.[1]
  const place = where?.replace(/^.*(?=scripts\/e2e\/)/, '')
  return {
    stage,
    lines: [...said.slice(0, mostLines - 1), ...(place === undefined ? [] : [`at ${place}`])],
  }
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(colours, '')
    .split('\n')
    .map((line) => line.trimEnd().slice(0, mostColumns))
    .filter((line) => line !== '')

export type Tries = {
  readonly scene: string
  /** One for each try that failed, in their order. */
  readonly failures: readonly SceneFailure[]
  /** The last try passed. */
  readonly passed: boolean
}

/** The last lines of a run: each scene that failed, in which step and of what, every try of it. */
export function failureReport(scenes: readonly Tries[]): readonly string[] {
  return scenes.flatMap(({ scene, failures, passed }) =>
    failures.flatMap(({ stage, lines }, index) => {
      const nth = failures.length > 1 || passed ? `, try ${index + 1}` : ''
      const end = passed ? '; passed when tried again' : ''
      return [`failed: ${scene}${nth}, in "${stage}"${end}`, ...lines.map((line) => `    ${line}`)]
    }),
  )
}
