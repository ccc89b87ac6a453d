import type { WhyWaiting } from '@baari/shared/contracts/http/edge-api'
import type { StationView, TicketView } from '@baari/shared/contracts/live/station-view'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import type { Translate } from '../i18n/translate.ts'
import { reasonText } from '../panels/last-scan.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'
import { OutOfTurn } from './out-of-turn.tsx'

type WhyProps = {
  readonly view: StationView
  /** The vehicle that asked was called out of turn. */
  readonly onDone: () => void
  readonly onClose: () => void
}

/** The driver asks "why not me?": the rule's own records of this wait, to be shown to them. */
export function WhyNotMe({ view, onDone, onClose }: WhyProps): JSX.Element {
  const { t } = useTranslation()
  const [told, setTold] = useState<WhyWaiting | null>(null)
  const [turn, setTurn] = useState(false)
  const action = useAction()
  if (told && turn)
    return (
      <OutOfTurn view={view} ticket={told.ticket} onDone={onDone} onClose={() => setTurn(false)} />
    )
  if (told) return <Told told={told} onTurn={() => setTurn(true)} onClose={() => setTold(null)} />

  const ask = (ticket: TicketView): void => action.run(() => nodeClient.why(ticket.id), setTold)
  return (
    <Sheet title={t('why.who')} onClose={onClose}>
      {view.next.length === 0 && <p>{t('cannot.nobody')}</p>}
      <ProblemLine problem={action.problem} />
      <ul className="people">
        {view.next.map((ticket) => (
          <li key={ticket.id}>
            <button type="button" className="touch wide number" onClick={() => ask(ticket)}>
              {ticket.label}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  )
}

type ToldProps = {
  readonly told: WhyWaiting
  readonly onTurn: () => void
  readonly onClose: () => void
}

/** The card of one waiting vehicle. */
function Told({ told, onTurn, onClose }: ToldProps): JSX.Element {
  const { t } = useTranslation()
  return (
    <Sheet title={t('why.title', { label: told.ticket.label })} onClose={onClose}>
      <div className="facts">
        {sentences(told, t).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {told.overtakers.length > 0 && (
        <ul className="overtakers">
          {told.overtakers.map((one) => (
            <li key={`${one.label} ${one.calledAtMs}`}>
              <span className="number">{clockText(one.calledAtMs)}</span>
              <strong className="number">{one.label}</strong>
              <span>
                {one.windowStartMs === null
                  ? ''
                  : t('why.window', { time: clockText(one.windowStartMs) })}
              </span>
              <span>{reasonText(one.reason, t)}</span>
            </li>
          ))}
        </ul>
      )}
      {told.place !== null && (
        <button type="button" className="touch quiet turn-act" onClick={onTurn}>
          {t('outOfTurn.title')}
        </button>
      )}
    </Sheet>
  )
}

/** Place, positions, the rule's rhythm and who overtook, each as one plain sentence. */
function sentences(told: WhyWaiting, t: Translate): readonly string[] {
  const { ticket, place, positions, rule, overtakenBy, outOfTurn } = told
  const arrived = t('why.arrived', { time: clockText(ticket.arrivedAtMs) })
  const where = place === null ? t('why.called') : t('why.place', { place })
  const all = positions.working === positions.fitting
  return [
    `${arrived} ${where}`,
    t(all ? 'why.positions' : 'why.positionsOut', positions),
    t('why.rule', { limit: rule.limit, streak: rule.streak }),
    ...(outOfTurn === 0 ? [] : [t('why.outOfTurn', { count: outOfTurn })]),
    overtakenBy === 0 ? t('why.nobody') : t('why.overtaken', { count: overtakenBy }),
  ]
}
