import type { OutOfTurnCall, OutOfTurnReport } from '@baari/shared/contracts/http/out-of-turn-api'
import type { JSX } from 'react'
import { fill, useWords } from '../../words/language.ts'
import type { Words } from '../../words/en.ts'
import { clockText, momentText } from '../texts.ts'

/** Each call with its reason, newest first; one that was taken back is marked and grey. */
export function CallList({ report }: { readonly report: OutOfTurnReport }): JSX.Element {
  const words = useWords()
  const { when, position, vehicle, why, attendant, manager, past } = words.outOfTurn
  return (
    <section aria-label={words.outOfTurn.each}>
      <h2>{words.outOfTurn.each}</h2>
      {report.more && (
        <p className="soft">{fill(words.outOfTurn.more, { n: report.calls.length })}</p>
      )}
      <table className="card turns">
        <thead>
          <tr>
            {[when, words.station, position, vehicle, why, attendant, manager, past].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.calls.map((call) => (
            <CallRow key={`${call.station} ${call.call}`} call={call} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function CallRow({ call }: { readonly call: OutOfTurnCall }): JSX.Element {
  const words = useWords()
  const own = words.outOfTurn
  const { undoneAtMs, plate, note } = call
  return (
    <tr className={undoneAtMs === null ? undefined : 'undone'} data-call={call.call}>
      <td>
        {momentText(call.atMs)}
        {undoneAtMs !== null && (
          <p className="taken-back">{fill(own.undoneAt, { time: clockText(undoneAtMs) })}</p>
        )}
      </td>
      <td>{call.station}</td>
      <td>
        <b>{call.position}</b>
        {call.staged && <p className="soft">{own.behind}</p>}
      </td>
      <td>
        <b>{call.label}</b>
        {plate !== null && <p className="soft">{plate}</p>}
      </td>
      <td>
        {reasonText(words, call.reason)}
        {note !== null && <p className="soft">{note}</p>}
      </td>
      <td>{call.attendant.name || own.unknown}</td>
      <td>{call.manager.name || own.unknown}</td>
      <td>
        {call.passed.length === 0 && own.nobody}
        {call.passed.map((head) => (
          <p key={head.queue}>
            {fill(own.head, { label: head.label, min: Math.round(head.waitedMs / 60_000) })}
          </p>
        ))}
        <p className="soft">
          {fill(own.waiting, { booked: call.waitingBooked, walkIns: call.waitingWalkIn })}
          {call.displaced && `; ${own.displaced}`}
        </p>
      </td>
    </tr>
  )
}

/** A later station's code is shown as it came. */
function reasonText(words: Words, reason: string): string {
  const known: Readonly<Record<string, string>> = words.outOfTurn.reasons
  return known[reason] ?? reason
}
