import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { clockText, wholeMinutes } from '../parts/texts.ts'

/** Who is next, the rule's rhythm and the honest wait of somebody who came now. */
export function NextLine({ view }: { readonly view: StationView }): JSX.Element {
  const { t } = useTranslation()
  const { limit, oldestWalkInWaitMs } = view.rule
  const from = Math.max(1, wholeMinutes(view.walkInWait.medianMs))
  const facts = [
    t('next.rule', { limit }),
    oldestWalkInWaitMs === null
      ? null
      : t('next.oldest', { min: wholeMinutes(oldestWalkInWaitMs) }),
    // In a cut the queue's own wait says nothing: the notice says until when there is no gas.
    view.cutUntilMs === null
      ? t('next.wait', { a: from, b: Math.max(from + 1, wholeMinutes(view.walkInWait.p90Ms)) })
      : null,
    view.missed.length === 0
      ? null
      : t('next.missed', { labels: view.missed.map(({ label }) => label).join(', ') }),
    view.counts.standby === 0 ? null : t('next.standby', { n: view.counts.standby }),
  ]
  return (
    <section className="next" aria-label={t('next.title')}>
      <ol>
        <li className="next-title">{t('next.title')}</li>
        {view.next.length === 0 && <li>{t('next.empty')}</li>}
        {view.next.slice(0, 6).map((ticket, index) => (
          <li key={ticket.id} className={`next-${ticket.kind}`}>
            <span className="number">{index + 1}</span>{' '}
            <strong className="number">{ticket.label}</strong>
          </li>
        ))}
      </ol>
      <p>{facts.filter((part) => part !== null).join(' - ')}</p>
      {view.forecast !== null && view.forecast.hours.length > 0 && (
        <p className="number">{t('next.coming', { hours: hoursText(view.forecast.hours) })}</p>
      )}
    </section>
  )
}

const hoursShown = 3

/** "14:00 31 (24-40)": how many vehicles are expected, and between how many in eight of ten cases. */
function hoursText(hours: NonNullable<StationView['forecast']>['hours']): string {
  return hours
    .slice(0, hoursShown)
    .map(({ startMs, expected, low, high }) => `${clockText(startMs)} ${expected} (${low}-${high})`)
    .join(', ')
}
