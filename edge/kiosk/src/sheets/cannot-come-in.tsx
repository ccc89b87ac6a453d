import type { StationView, TicketView } from '@baari/shared/contracts/live/station-view'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { useAction } from '../parts/use-action.ts'

type CannotProps = { readonly view: StationView; readonly onClose: () => void }

/** A called vehicle that is not there is skipped, and recalled when it is back; one that drove away is removed. */
export function CannotComeIn({ view, onClose }: CannotProps): JSX.Element {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<TicketView | null>(null)
  const action = useAction()
  const called = view.positions.flatMap((position) =>
    position.ticket && (position.state === 'called' || position.state === 'ready')
      ? [position.ticket]
      : [],
  )
  // One that came back is in line again, and here still until it is called.
  const waiting = new Set(view.next.map(({ id }) => id))
  const missed = view.missed.filter(({ id }) => !waiting.has(id))
  const people = [...called, ...missed, ...view.next]

  if (chosen) {
    return (
      <Sheet title={chosen.plate ?? chosen.label} onClose={() => setChosen(null)}>
        <div className="stack">
          {chosen.state === 'called' && (
            <button
              type="button"
              className="touch wide primary"
              onClick={() => action.run(() => nodeClient.skip(chosen.id), onClose)}
            >
              {t('cannot.skip')}
            </button>
          )}
          {(chosen.state === 'skipped' || chosen.state === 'staged') && (
            <button
              type="button"
              className="touch wide primary"
              onClick={() => action.run(() => nodeClient.back(chosen.id), onClose)}
            >
              {t('cannot.back')}
            </button>
          )}
          <button
            type="button"
            className="touch wide"
            onClick={() => action.run(() => nodeClient.leave(chosen.id), onClose)}
          >
            {t('cannot.leave')}
          </button>
          <ProblemLine problem={action.problem} />
        </div>
      </Sheet>
    )
  }
  return (
    <Sheet title={t('cannot.title')} onClose={onClose}>
      {people.length === 0 && <p>{t('cannot.nobody')}</p>}
      <ul className="people">
        {people.map((ticket) => (
          <li key={ticket.id}>
            <button type="button" className="touch wide" onClick={() => setChosen(ticket)}>
              <span className="number">{ticket.label}</span>
              {missed.includes(ticket) && <small> {t('cannot.missed')}</small>}
              {ticket.position !== null && (
                <small> {t('position.title', { no: ticket.position })}</small>
              )}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  )
}
