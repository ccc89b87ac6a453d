import type { ForecastReport } from '@baari/shared/contracts/http/forecast-api'
import type { JSX } from 'react'
import { fill, useWords } from '../../words/language.ts'
import { percentText } from './forecast-texts.ts'

/** Drift that was told, days nobody is judged by, and where demand is going. */
export function AlarmsSection({ report }: { readonly report: ForecastReport }): JSX.Element {
  const words = useWords()
  const said: Readonly<Record<string, string>> = words.forecast.drift
  const { alarms, eventDays, trend } = report
  return (
    <section className="card" aria-label={words.forecast.watch}>
      <h2>{words.forecast.watch}</h2>
      {alarms.length === 0 && <p className="soft">{words.forecast.noAlarms}</p>}
      <ul className="plain">
        {alarms.slice(0, 5).map(({ kind, since, version, closedAtMs }) => (
          <li key={`${kind} ${since} ${version}`}>
            <span className={`mark ${closedAtMs === null ? 'bad' : 'good'}`} aria-hidden="true" />
            {said[kind] ?? kind}{' '}
            <span className="soft">{fill(words.forecast.since, { since, version })}</span>
          </li>
        ))}
      </ul>
      <h3>{words.forecast.trend}</h3>
      <dl>
        <Trend label={words.forecast.targets.kilograms} trend={trend.kilograms} />
        <Trend label={words.forecast.targets.arrivals} trend={trend.visits} />
      </dl>
      <h3>{words.forecast.eventDays}</h3>
      {eventDays.length === 0 && <p className="soft">{words.forecast.noEventDays}</p>}
      <ul className="plain">
        {eventDays.slice(0, 5).map(({ day, note, station }) => (
          <li key={`${day} ${station}`}>
            {day} · {note}
          </li>
        ))}
      </ul>
    </section>
  )
}

type TrendProps = {
  readonly label: string
  readonly trend: ForecastReport['trend']['visits']
}

/** A slope is told where chance alone would seldom look like it. */
function Trend({ label, trend: { perDay, slope, p } }: TrendProps): JSX.Element {
  const words = useWords()
  const rises = slope !== null && p !== null && p < 0.05
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {fill(words.forecast.perDay, { n: Math.round(perDay) })}{' '}
        <span className="soft">
          {rises
            ? fill(words.forecast.slope, { by: `${slope > 0 ? '+' : ''}${percentText(slope)}` })
            : words.forecast.noTrend}
        </span>
      </dd>
    </div>
  )
}
