import type { SyncConflict } from '@baari/shared/contracts/http/sync-api'
import { useState, type FormEvent, type JSX } from 'react'
import { syncClient } from '../api/sync-client.ts'
import { problemText, useWords } from '../words/language.ts'
import { clockText } from './texts.ts'

type Props = {
  readonly conflict: SyncConflict
  readonly mayDecide: boolean
  readonly onResolved: () => void
}

/** One contradiction with the facts of both sides, and the act that ends it. */
export function ConflictCard({ conflict, mayDecide, onResolved }: Props): JSX.Element {
  const words = useWords()
  const { id, station, kind, code, detail, atMs, told, held } = conflict
  return (
    <article className="card conflict">
      <h3>
        {words.kind[kind]} · {code}
      </h3>
      <p className="soft">
        {words.station} {station} · {clockText(atMs)} · {detail}
      </p>
      <div className="sides">
        <section>
          <h4>{words.told}</h4>
          {told === null ? <p>{words.noOp}</p> : <Side title={told.kind} facts={told.facts} />}
        </section>
        <section>
          <h4>{words.held}</h4>
          {held.length === 0 && <p>{words.noRow}</p>}
          {held.map(({ table, facts }, at) => (
            <Side key={`${table}-${at}`} title={table} facts={facts} />
          ))}
        </section>
      </div>
      {mayDecide && <Resolve id={id} onResolved={onResolved} />}
    </article>
  )
}

type SideProps = { readonly title: string; readonly facts: Record<string, string | null> }

function Side({ title, facts }: SideProps): JSX.Element {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {Object.entries(facts)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
      </tbody>
    </table>
  )
}

function Resolve({
  id,
  onResolved,
}: {
  readonly id: string
  readonly onResolved: () => void
}): JSX.Element {
  const words = useWords()
  const [note, setNote] = useState('')
  const [problem, setProblem] = useState<string | null>(null)

  function submit(event: FormEvent): void {
    event.preventDefault()
    void syncClient.resolve(id, note).then((answer) => {
      setProblem(answer.ok ? null : answer.error)
      if (answer.ok) onResolved()
    })
  }

  return (
    <form className="resolve" onSubmit={submit}>
      <label>
        {words.note}
        <input
          required
          minLength={3}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <button type="submit" className="main">
        {words.resolve}
      </button>
      {problem !== null && (
        <p className="problem" role="alert">
          {problemText(words, problem)}
        </p>
      )}
    </form>
  )
}
