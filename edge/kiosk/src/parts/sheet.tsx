import { X } from 'lucide-react'
import { useEffect, useRef, type JSX, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeProblem } from '../api/node-client.ts'
import { clockText } from './texts.ts'

type SheetProps = {
  readonly title: string
  readonly onClose?: (() => void) | undefined
  readonly children: ReactNode
}

/** A full panel over the board for one task; Escape and the cross lead back. */
export function Sheet({ title, onClose, children }: SheetProps): JSX.Element {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.focus()
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose?.()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onClose])
  return (
    <div
      className="sheet"
      role="dialog"
      aria-modal="true"
      aria-label={title}
      tabIndex={-1}
      ref={box}
    >
      <header className="sheet-head">
        {onClose && (
          <button type="button" className="touch" aria-label={t('keys.close')} onClick={onClose}>
            <X aria-hidden="true" />
          </button>
        )}
        <h1>{title}</h1>
      </header>
      {/* A page that is longer than the screen and has nothing to touch must scroll by keys, too. */}
      <div className="sheet-body" tabIndex={0}>
        {children}
      </div>
    </div>
  )
}

/** One sentence: why not, and what next. Always takes its line, so that nothing jumps. */
export function ProblemLine({ problem }: { readonly problem: NodeProblem | null }): JSX.Element {
  const { t, i18n } = useTranslation()
  const key = problem && i18n.exists(`problem.${problem.code}`) ? problem.code : 'node_error'
  return (
    <p className="problem" role="status">
      {problem ? t(`problem.${key}`, factsOf(problem)) : '\u00a0'}
    </p>
  )
}

/** The end of a cut is said as a time of day. */
function factsOf({ facts }: NodeProblem): Record<string, string | number> {
  const { untilMs } = facts
  return typeof untilMs === 'number' ? { ...facts, time: clockText(untilMs) } : { ...facts }
}
