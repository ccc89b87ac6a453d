/** What a test has started and must end again, whatever became of the test. */
export type CleanUps = {
  push(...ends: readonly (() => unknown)[]): void
  /**
   * The last that was started ends first. One that fails keeps none of the others from being ended:
   * a folder that cannot be removed must not leave a process behind. Rejects with what failed last.
   */
  run(): Promise<void>
}

export function makeCleanUps(): CleanUps {
  const ends: (() => unknown)[] = []
  const run = async (): Promise<void> => {
    const end = ends.pop()
    if (end === undefined) return
    try {
      await end()
    } finally {
      await run()
    }
  }
  return { push: (...more) => void ends.push(...more), run }
}
