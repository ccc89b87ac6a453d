import type { SyncConflict } from '@baari/shared/contracts/http/sync-api'
import { useState, type FormEvent, type JSX } from 'react'
import { syncClient } from '../api/sync-client.ts'
import { codeText, problemText, useWords } from '../words/language.ts'
import { pairedTables, type PairedFact, type PairedTable } from './paired-facts.ts'
import { clockText, momentText } from './texts.ts'

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
        {words.kind[kind]}: {codeText(words, code)}
      </h3>
      <p className="soft">
        {words.station} {station} · {clockText(atMs)} · {code} · {detail}
      </p>
      {told === null && <p>{words.noOp}</p>}
      {held.length === 0 && <p>{words.noRow}</p>}
      {pairedTables(conflict).map((table, at) => (
        <BothSides key={`${table.title}-${at}`} table={table} />
      ))}
      {mayDecide && <Resolve id={id} onResolved={onResolved} />}
    </article>
  )
}

function BothSides({ table }: { readonly table: PairedTable }): JSX.Element | null {
  const words = useWords()
  if (table.facts.length === 0) return null
  return (
    <table>
      <caption>{table.title}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{words.told}</th>
          <th scope="col">{words.held}</th>
        </tr>
      </thead>
      <tbody>
        {table.facts.map((fact) => (
          <Row key={fact.name} fact={fact} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ fact }: { readonly fact: PairedFact }): JSX.Element {
  const { name, told, held, differs } = fact
  return (
    <tr className={differs ? 'differs' : undefined}>
      <th scope="row">
        {differs ? '≠ ' : ''}
        {name.replaceAll('_', ' ')}
      </th>
      <td>{shown(name, told)}</td>
      <td>{shown(name, held)}</td>
    </tr>
  )
}

/** A moment is read by people, everything else stands as it is kept. */
function shown(name: string, value: string | null): string {
  if (value === null) return '–'
  return name.endsWith('_ms') && /^\d+$/.test(value) ? momentText(Number(value)) : value
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
