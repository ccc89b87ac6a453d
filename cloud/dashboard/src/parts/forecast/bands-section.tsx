import type { ForecastReport } from '@baari/shared/contracts/http/forecast-api'
import { bandPicture } from '@baari/shared/domain/forecast/pictures/band-picture'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { useState, type JSX } from 'react'
import { fill, useWords } from '../../words/language.ts'
import { Drawing } from '../drawing.tsx'
import { agoText } from '../texts.ts'
import { newestCount, shortDay, staleAfterMs } from './forecast-texts.ts'

const quarterMs = 900_000
const perDay = 96
/** Yesterday, today and tomorrow; the report begins a week before today. */
const near = { from: 6 * perDay, to: 9 * perDay }
const all = { from: 0, to: 14 * perDay }

/** What was forecast a day before, or is forecast now, and what came. */
export function BandsSection({ report }: { readonly report: ForecastReport }): JSX.Element {
  const words = useWords()
  const [wide, setWide] = useState(false)
  const { from, to } = wide ? all : near
  const { shown, nowMs, target } = report
  const picture = bandPicture(
    {
      fromMs: shown.fromMs + from * quarterMs,
      stepMs: quarterMs,
      bands: shown.bands.slice(from, to),
      came: shown.came.slice(from, to),
      nowMs,
    },
    {
      band: words.forecast.band,
      median: words.forecast.median,
      came: words.forecast.came,
      now: words.forecast.now,
      day: (atMs) => shortDay(words, atMs),
    },
    (atMs) => istDayStart(istDay(instant(atMs))),
  )
  return (
    <section className="card" aria-label={words.forecast.bands}>
      <div className="heading">
        <h2>{words.forecast.bands}</h2>
        <span className="soft">{words.forecast.units[target]}</span>
        <button type="button" aria-pressed={wide} onClick={() => setWide(!wide)}>
          {wide ? words.forecast.threeDays : words.forecast.twoWeeks}
        </button>
      </div>
      <Stale report={report} />
      <Drawing picture={picture} label={words.forecast.bands} />
    </section>
  )
}

/** A forecast of a station that was not heard of for hours looks like any other: it is told. */
function Stale({ report }: { readonly report: ForecastReport }): JSX.Element | null {
  const words = useWords()
  const newest = newestCount(report)
  if (newest === null) return <p className="problem">{words.forecast.noCounts}</p>
  const age = report.nowMs - newest
  if (age < staleAfterMs) return null
  return <p className="problem">{fill(words.forecast.stale, { ago: agoText(words, age) })}</p>
}
