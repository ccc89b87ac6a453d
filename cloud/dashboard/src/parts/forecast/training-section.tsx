import type { Training } from '@baari/shared/contracts/http/forecast-api'
import { useState, type JSX } from 'react'
import { forecastClient } from '../../api/forecast-client.ts'
import { fill, problemText, useWords } from '../../words/language.ts'
import { momentText } from '../texts.ts'
import { whoText } from './forecast-texts.ts'

type Props = {
  readonly trainings: readonly Training[]
  readonly mayDecide: boolean
  readonly onChanged: () => void
}

const shownMax = 4

/** The training that runs, those before it, and the button that asks for one. */
export function TrainingSection({ trainings, mayDecide, onChanged }: Props): JSX.Element {
  const words = useWords()
  const [problem, setProblem] = useState<string | null>(null)
  const open = trainings.some(({ state }) => state === 'waiting' || state === 'running')
  function retrain(): void {
    void forecastClient.retrain().then((answer) => {
      setProblem(answer.ok ? null : answer.error)
      onChanged()
    })
  }
  return (
    <section className="card" aria-label={words.forecast.trainings}>
      <div className="heading">
        <h2>{words.forecast.trainings}</h2>
        {mayDecide && (
          <button type="button" className="main" disabled={open} onClick={retrain}>
            {words.forecast.retrain}
          </button>
        )}
      </div>
      {problem !== null && <p className="problem">{problemText(words, problem)}</p>}
      {trainings.length === 0 && <p className="soft">{words.forecast.noTrainings}</p>}
      <ul className="plain">
        {trainings.slice(0, shownMax).map((one) => (
          <li key={one.id}>
            <strong>{words.forecast.trainingStates[one.state]}</strong>{' '}
            <span className="soft">
              {fill(words.forecast.askedBy, {
                by: whoText(words, one.askedBy),
                at: momentText(one.askedAtMs),
              })}
            </span>
            <Outcome training={one} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Outcome({ training }: { readonly training: Training }): JSX.Element | null {
  const words = useWords()
  const { state, stepsDone, steps, version, reason } = training
  if (state === 'running') {
    return (
      <div className="progress">
        <progress
          max={Math.max(1, steps)}
          value={stepsDone}
          aria-label={words.forecast.trainings}
        />
        <span>{steps === 0 ? words.forecast.preparing : `${stepsDone} / ${steps}`}</span>
      </div>
    )
  }
  if (state === 'done' && version !== null) {
    return <p>{fill(words.forecast.becameVersion, { version })}</p>
  }
  const known: Readonly<Record<string, string>> = words.forecast.trainingReasons
  return reason === null ? null : <p className="problem">{known[reason] ?? reason}</p>
}
