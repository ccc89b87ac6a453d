import type { WhatIfAnswer } from '@baari/shared/contracts/http/what-if-api'
import type { JSX } from 'react'
import { fill, useWords } from '../words/language.ts'
import { WhatIfPicture } from './what-if-picture.tsx'
import {
  differenceShown,
  estimateShown,
  isClear,
  isWorse,
  whatIfRows,
  type WhatIfRow,
} from './what-if-texts.ts'

/** Today beside the change, booked and walk-ins apart, and the same as a picture. */
export function WhatIfResult({ answer }: { readonly answer: WhatIfAnswer }): JSX.Element {
  const words = useWords()
  return (
    <div className="answer">
      <div>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{words.whatIf.now}</th>
              <th scope="col">{words.whatIf.then}</th>
              <th scope="col">{words.whatIf.difference}</th>
            </tr>
          </thead>
          <tbody>
            {whatIfRows.map((row) => (
              <Row key={row} row={row} answer={answer} />
            ))}
          </tbody>
        </table>
        <p className="soft">
          {fill(words.whatIf.limits, { s: (answer.cpuMs / 1_000).toFixed(1) })}
        </p>
      </div>
      <WhatIfPicture answer={answer} />
    </div>
  )
}

type RowProps = { readonly row: WhatIfRow; readonly answer: WhatIfAnswer }

function Row({ row, answer: { now, then, difference } }: RowProps): JSX.Element {
  const words = useWords()
  const change = difference?.[row]
  const clear = change !== undefined && isClear(change)
  const mark = clear ? (isWorse(row, change) ? 'bad' : 'good') : 'quiet'
  return (
    <tr>
      <th scope="row">{words.whatIf.rows[row]}</th>
      <td>
        <Shown {...estimateShown(words, row, now[row])} />
      </td>
      <td>{then !== undefined && <Shown {...estimateShown(words, row, then[row])} />}</td>
      <td className={clear ? 'clear' : 'soft'}>
        <span className={`mark ${mark}`} aria-hidden="true" />
        {change !== undefined && <Shown {...differenceShown(words, row, change)} />}
      </td>
    </tr>
  )
}

function Shown({ text, limits }: { readonly text: string; readonly limits: string }): JSX.Element {
  return (
    <>
      {text}
      <small className="soft">{limits}</small>
    </>
  )
}
