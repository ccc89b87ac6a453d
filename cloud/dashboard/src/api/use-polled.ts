import { useCallback, useEffect, useRef, useState } from 'react'
import type { Answer } from './sync-client.ts'

type Polled<T> = {
  /** The last good answer; it stays while a later question fails. */
  readonly value: T | null
  /** Code of the last question's problem. */
  readonly problem: string | null
  readonly look: () => void
}

/**
 * Asks at once and again so long after each answer, one question at a time; a page nobody looks at
 * asks nothing. `question` has to be the same function at each render.
 */
export function usePolled<T>(
  question: () => Answer<T>,
  everyMs: number,
  onSignedOut: () => void,
): Polled<T> {
  const [value, setValue] = useState<T | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [asked, setAsked] = useState(0)
  const signedOut = useRef(onSignedOut)
  useEffect(() => void (signedOut.current = onSignedOut), [onSignedOut])
  useEffect(() => {
    let over = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const next = (): void => void (timer = setTimeout(turn, everyMs))
    function turn(): void {
      if (document.hidden) return next()
      void question().then((answer) => {
        if (over) return
        if (!answer.ok && answer.error === 'not_signed_in') return signedOut.current()
        setProblem(answer.ok ? null : answer.error)
        if (answer.ok) setValue(answer.value)
        next()
      })
    }
    turn()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [question, everyMs, asked])
  const look = useCallback(() => setAsked((times) => times + 1), [])
  return { value, problem, look }
}
