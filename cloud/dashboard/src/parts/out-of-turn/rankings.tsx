import type { OutOfTurnReport } from '@baari/shared/contracts/http/out-of-turn-api'
import type { JSX } from 'react'
import { useWords } from '../../words/language.ts'

/** Who did it most often: stations, and the attendants who asked. */
export function Rankings({ report }: { readonly report: OutOfTurnReport }): JSX.Element {
  const words = useWords()
  const { stations, attendants } = report
  return (
    <div className="two">
      <Ranking
        title={words.outOfTurn.byStation}
        first={words.station}
        rows={stations.map(({ station, name, ...count }) => ({
          key: String(station),
          name: `${station} · ${name}`,
          ...count,
        }))}
      />
      <Ranking
        title={words.outOfTurn.byAttendant}
        first={words.outOfTurn.attendant}
        rows={attendants.map(({ station, attendant, ...count }) => ({
          key: `${station} ${attendant.id}`,
          name: `${attendant.name || words.outOfTurn.unknown} · ${station}`,
          ...count,
        }))}
      />
    </div>
  )
}

type RankingProps = {
  readonly title: string
  readonly first: string
  readonly rows: readonly {
    readonly key: string
    readonly name: string
    readonly calls: number
    readonly undone: number
  }[]
}

function Ranking({ title, first, rows }: RankingProps): JSX.Element {
  const words = useWords()
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      <table className="ranking">
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">{words.outOfTurn.calls}</th>
            <th scope="col">{words.outOfTurn.undone}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, calls, undone }) => (
            <tr key={key}>
              <td>{name}</td>
              <td>
                <b>{calls}</b>
              </td>
              <td>{undone === 0 ? '–' : undone}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
