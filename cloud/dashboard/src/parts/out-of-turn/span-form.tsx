import type { SyncStations } from '@baari/shared/contracts/http/sync-api'
import type { JSX } from 'react'
import { outOfTurnClient, type OutOfTurnQuestion } from '../../api/out-of-turn-client.ts'
import { useWords } from '../../words/language.ts'
import { lastDays, spanNames, type Span } from './span.ts'

type SpanFormProps = {
  readonly stations: SyncStations['stations']
  readonly span: Span
  readonly station: number | null
  /** What is asked now; undefined while the fields make no sense. */
  readonly ask: OutOfTurnQuestion | undefined
  readonly onSpan: (span: Span) => void
  readonly onStation: (station: number | null) => void
}

/** Which time and which station, and the way out of the page as a file. */
export function SpanForm(props: SpanFormProps): JSX.Element {
  const { stations, span, station, ask, onSpan, onStation } = props
  const words = useWords()
  return (
    <div className="choosers">
      <label>
        {words.station}
        <select
          value={station ?? ''}
          onChange={(event) => onStation(Number(event.target.value) || null)}
        >
          <option value="">{words.all}</option>
          {stations.map((one) => (
            <option key={one.station} value={one.station}>
              {one.station} · {one.name}
            </option>
          ))}
        </select>
      </label>
      {(['from', 'to'] as const).map((end) => (
        <label key={end}>
          {words.outOfTurn[end]}
          <input
            type="datetime-local"
            value={span[end]}
            onChange={(event) => onSpan({ ...span, [end]: event.target.value })}
          />
        </label>
      ))}
      {spanNames.map((name) => (
        <button key={name} type="button" onClick={() => onSpan(lastDays(name, Date.now()))}>
          {words.outOfTurn.last[name]}
        </button>
      ))}
      {ask !== undefined && (
        <a className="file" href={outOfTurnClient.csvAddress(ask)} download>
          {words.outOfTurn.csv}
        </a>
      )}
    </div>
  )
}
