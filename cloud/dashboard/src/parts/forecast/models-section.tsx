import type { ModelCard } from '@baari/shared/contracts/http/forecast-api'
import { useState, type JSX, type ReactNode } from 'react'
import { forecastClient } from '../../api/forecast-client.ts'
import { fill, problemText, useWords } from '../../words/language.ts'
import { momentText } from '../texts.ts'
import { gateText, percentText, skillText, whoText } from './forecast-texts.ts'

type Props = {
  readonly models: readonly ModelCard[]
  readonly mayDecide: boolean
  readonly onChanged: () => void
}

/** Rows shown: half a year of models that came into service is fewer. */
const rowsMax = 8

/** Champion, challengers and those before them, with what the gate said, and the way back. */
export function ModelsSection({ models, mayDecide, onChanged }: Props): JSX.Element {
  const words = useWords()
  const [problem, setProblem] = useState<string | null>(null)
  const [asked, setAsked] = useState<number | null>(null)
  const heads = words.forecast.modelHeads
  function goBack(version: number): void {
    setAsked(null)
    void forecastClient.rollBack(version).then((answer) => {
      setProblem(answer.ok ? null : answer.error)
      onChanged()
    })
  }
  return (
    <section className="card" aria-label={words.forecast.models}>
      <h2>{words.forecast.models}</h2>
      {problem !== null && <p className="problem">{problemText(words, problem)}</p>}
      {models.length === 0 && <p className="soft">{words.forecast.noModels}</p>}
      {models.length > 0 && (
        <table className="models">
          <thead>
            <tr>
              {[
                heads.version,
                heads.state,
                heads.trained,
                heads.skill,
                heads.cover,
                heads.gate,
              ].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
              <th scope="col" aria-label={words.forecast.rollBack} />
            </tr>
          </thead>
          <tbody>
            {models.slice(0, rowsMax).map((card) => (
              <Row key={card.version} card={card}>
                {mayDecide && card.state === 'retired' && (
                  <Back
                    asked={asked === card.version}
                    onAsk={() => setAsked(card.version)}
                    onSure={() => goBack(card.version)}
                  />
                )}
              </Row>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

type RowProps = { readonly card: ModelCard; readonly children: ReactNode }

/** One model; what may be done with it stands last. */
function Row({ card, children }: RowProps): JSX.Element {
  const words = useWords()
  return (
    <tr className={card.state}>
      <td>{card.version}</td>
      <td>
        {words.forecast.states[card.state]}
        <Order card={card} />
      </td>
      <td>
        {momentText(card.trainedAtMs)}
        <br />
        <span className="soft">
          {fill(words.forecast.rows, { rows: card.rowCount, stations: card.stations })}
        </span>
      </td>
      <td>{skillText(words, card.verdict.skill)}</td>
      <td>{percentText(card.verdict.cover)}</td>
      <td>
        {card.dataOrigin === 'synthetic' && <strong>{words.forecast.synthetic} </strong>}
        {gateText(words, card)}
      </td>
      <td>{children}</td>
    </tr>
  )
}

/** Who put it in service, and whether that was a way back. */
function Order({ card }: { readonly card: ModelCard }): JSX.Element | null {
  const words = useWords()
  const last = card.orders[0]
  if (last === undefined) return null
  const said = last.kind === 'promote' ? words.forecast.promotedBy : words.forecast.rolledBackBy
  return (
    <>
      <br />
      <span className="soft">
        {fill(said, { by: whoText(words, last.by), at: momentText(last.atMs) })}
      </span>
    </>
  )
}

type BackProps = {
  readonly asked: boolean
  readonly onAsk: () => void
  readonly onSure: () => void
}

/** Two presses: every station takes the older model at its next question. */
function Back({ asked, onAsk, onSure }: BackProps): JSX.Element {
  const words = useWords()
  return (
    <button type="button" className={asked ? 'wanted' : undefined} onClick={asked ? onSure : onAsk}>
      {asked ? words.forecast.sure : words.forecast.rollBack}
    </button>
  )
}
