import { useCallback, useState } from 'react'
import type { Result } from '@baari/shared/faults/result'
import type { NodeProblem } from '../api/node-client.ts'

export type Action = {
  readonly busy: boolean
  readonly problem: NodeProblem | null
  /** Runs one request at a time; a second touch while it runs does nothing. */
  run<T>(request: () => Promise<Result<T, NodeProblem>>, done: (value: T) => void): void
  clear(): void
}

/** One request of one sheet: busy, its problem, and what to do with the answer. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<NodeProblem | null>(null)
  const run = useCallback(
    <T>(request: () => Promise<Result<T, NodeProblem>>, done: (value: T) => void): void => {
      if (busy) return
      setBusy(true)
      setProblem(null)
      void request().then((answer) => {
        setBusy(false)
        if (answer.ok) done(answer.value)
        else setProblem(answer.error)
      })
    },
    [busy],
  )
  return { busy, problem, run, clear: () => setProblem(null) }
}
