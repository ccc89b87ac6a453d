import type { CallReason, ScanView } from '@baari/shared/contracts/live/station-view'
import { Undo2 } from 'lucide-react'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'
import type { Translate } from '../i18n/translate.ts'
import { nodeClient } from '../api/node-client.ts'
import { ProblemLine } from '../parts/sheet.tsx'
import { toldText } from '../parts/out-of-turn-text.ts'
import { Shape } from '../parts/shape.tsx'
import { clockText } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

type LastScanProps = {
  readonly scan: ScanView | null
  readonly now: number
  readonly fresh: boolean
  /** The vehicle still waits or is called; once it is being filled nothing can be taken back. */
  readonly undoable: boolean
}

// A driver reads the promised window of ten minutes, not the five-minute cells behind it.
const windowMs = 600_000

/** The biggest thing on the screen: what the last scan means and what to do next. */
export function LastScan({ scan, now, fresh, undoable }: LastScanProps): JSX.Element {
  const { t } = useTranslation()
  const undo = useAction()
  if (scan === null) {
    return (
      <section className="panel scan" aria-label={t('scan.title')}>
        <Shape kind="unknown" />
        <h2>{t('scan.none')}</h2>
        <p>{t('scan.noneHint')}</p>
      </section>
    )
  }
  const undoS = scan.undoUntilMs === null ? 0 : Math.ceil((scan.undoUntilMs - now) / 1000)
  return (
    <section
      className={`panel scan scan-${scan.signal}${fresh ? ' scan-fresh' : ''}`}
      aria-label={t('scan.title')}
      aria-live="assertive"
    >
      <div className="scan-top">
        <Shape kind={scan.signal} text={shapeText(scan)} />
        <div>
          <h2>
            {scan.position === null
              ? t(`verdict.${scan.verdict}`, sentenceFacts(scan))
              : t('scan.goTo', { position: scan.position })}
          </h2>
        </div>
      </div>
      <p className="scan-plate number">{scan.ticket?.plate ?? scan.ticket?.label ?? '\u00a0'}</p>
      <p>{detail(scan, t)}</p>
      {scan.provisional && <p>{t('scan.provisional')}</p>}
      <ProblemLine problem={undo.problem} />
      {undoable && undoS > 0 && (
        <button
          type="button"
          className="touch wide quiet"
          disabled={undo.busy}
          onClick={() =>
            undo.run(
              () => nodeClient.undoScan(scan.id),
              () => undefined,
            )
          }
        >
          <Undo2 aria-hidden="true" /> {t('scan.undo', { s: undoS })}
        </button>
      )}
    </section>
  )
}

function detail(scan: ScanView, t: Translate): string {
  const start = scan.ticket?.windowStartMs ?? null
  const window =
    start === null
      ? null
      : t('scan.window', { from: clockText(start), to: clockText(start + windowMs) })
  const why = scan.reason === null ? null : t('scan.why', { reason: reasonText(scan.reason, t) })
  return [window, why].filter((part) => part !== null).join(' - ')
}

export function reasonText(reason: CallReason, t: Translate): string {
  if (reason.outOfTurn) return t('outOfTurn.told', { reason: toldText(reason.outOfTurn, t) })
  return t(`reason.${reason.step}`, { limit: reason.limit })
}

/** The position inside the circle, the number in line inside the square. */
function shapeText(scan: ScanView): string {
  if (scan.position !== null) return String(scan.position)
  if (scan.signal === 'wait') return scan.ticket?.label.replace(/^\D+/, '') ?? ''
  return ''
}

/** Facts as people read them: instants become clock times. */
function sentenceFacts(scan: ScanView): Record<string, string | number> {
  const entries = Object.entries(scan.facts).map(([key, value]) => {
    if (key === 'windowStartMs') return ['window', clockText(Number(value))] as const
    if (key.endsWith('Ms'))
      return [
        key.slice(0, -2) === 'at' ? 'time' : key.slice(0, -2),
        clockText(Number(value)),
      ] as const
    return [key, value] as const
  })
  return Object.fromEntries(entries)
}
