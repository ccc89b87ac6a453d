import type { ForecastReport } from '@baari/shared/contracts/http/forecast-api'
import { accuracyPicture } from '@baari/shared/domain/forecast/pictures/accuracy-picture'
import type { JSX } from 'react'
import { fill, useWords } from '../../words/language.ts'
import { Drawing } from '../drawing.tsx'

/** How far off the last four weeks' forecasts were, by how many days ahead they were made. */
export function AccuracySection({ report }: { readonly report: ForecastReport }): JSX.Element {
  const words = useWords()
  const { horizons } = report
  const picture = accuracyPicture(
    horizons.map(({ lead, ...pair }) => ({
      ...pair,
      label: fill(words.forecast.lead, { n: lead }),
    })),
    {
      forecast: words.forecast.forecast,
      naive: words.forecast.naive,
      cover: (n) => fill(words.forecast.covered, { n }),
    },
  )
  return (
    <section className="card" aria-label={words.forecast.accuracy}>
      <h2>{words.forecast.accuracy}</h2>
      <p className="soft">{words.forecast.accuracyNote}</p>
      {horizons.length === 0 ? (
        <p>{words.forecast.noHorizons}</p>
      ) : (
        <Drawing picture={picture} label={words.forecast.accuracy} />
      )}
    </section>
  )
}
