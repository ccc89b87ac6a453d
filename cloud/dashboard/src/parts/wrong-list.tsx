import type { JSX } from 'react'
import { fill, useWords } from '../words/language.ts'
import { ageText, type Wrong } from './live-texts.ts'

type Props = { readonly wrong: readonly Wrong[]; readonly nowMs: number }

const marks = { danger: 'bad', act: 'wait', note: 'quiet' } as const

/** What is wrong now, the most urgent first, with its age and what to do. */
export function WrongList({ wrong, nowMs }: Props): JSX.Element {
  const words = useWords()
  return (
    <section aria-label={words.live.wrong} className="wrong">
      <h2>{words.live.wrong}</h2>
      {wrong.length === 0 && (
        <p className="well">
          <span className="mark good" aria-hidden="true" />
          {words.live.allWell}
        </p>
      )}
      <ul>
        {wrong.map((one) => (
          <li key={one.key} className={`card ${one.severity}`}>
            <p className="severity">
              <span className={`mark ${marks[one.severity]}`} aria-hidden="true" />
              {words.live.severity[one.severity]}
            </p>
            <div>
              <p className="what">
                {one.what} <span className="soft">{one.about}</span>
              </p>
              <p>{one.remedy}</p>
            </div>
            <p className="soft">
              {one.station} · {one.stationName}
              <br />
              {one.technical}
            </p>
            <p className="age">
              {one.sinceMs === null
                ? ''
                : fill(words.live.since, { age: ageText(words, nowMs - one.sinceMs) })}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
