import type { ModelCard, Training } from '@baari/shared/contracts/http/forecast-api'
import type { OperatorMe, SyncStations } from '@baari/shared/contracts/http/sync-api'
import {
  demandTargets,
  type DemandTarget,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { useCallback, useState, type JSX } from 'react'
import { forecastClient } from './api/forecast-client.ts'
import { syncClient } from './api/sync-client.ts'
import { usePolled } from './api/use-polled.ts'
import { AccuracySection } from './parts/forecast/accuracy-section.tsx'
import { AlarmsSection } from './parts/forecast/alarms-section.tsx'
import { BandsSection } from './parts/forecast/bands-section.tsx'
import { EffectsSection } from './parts/forecast/effects-section.tsx'
import { ModelsSection } from './parts/forecast/models-section.tsx'
import { TrainingSection } from './parts/forecast/training-section.tsx'
import { PageFrame, type PageProps } from './parts/page-frame.tsx'
import { clockText } from './parts/texts.ts'
import { fill, problemText, useWords } from './words/language.ts'

/** A forecast changes each quarter of an hour; a training is watched more closely. */
const reportEveryMs = 60_000
const modelsEveryMs = 60_000
const trainingsEveryMs = 4_000
const stationsEveryMs = 300_000

type Props = PageProps & { readonly person: OperatorMe }

/** Forecasts against what came, how good they are, and the models behind them. */
export function ForecastPage({ person, ...page }: Props): JSX.Element {
  const words = useWords()
  const [wanted, setStation] = useState<number | null>(null)
  const [target, setTarget] = useState<DemandTarget>('arrivals')
  const stations = usePolled(syncClient.stations, stationsEveryMs, page.onSignedOut)
  const list = stations.value?.stations ?? []
  const station = wanted ?? list[0]?.station ?? null
  const models = usePolled(forecastClient.models, modelsEveryMs, page.onSignedOut)
  const trainings = usePolled(forecastClient.trainings, trainingsEveryMs, page.onSignedOut)
  const problem = [stations, models, trainings].find((one) => one.problem !== null)?.problem
  const look = (): void => [stations, models, trainings].forEach((one) => one.look())
  const mayDecide = person.role !== 'auditor'
  const asOf =
    stations.value === null
      ? words.loading
      : fill(words.asOf, { time: clockText(stations.value.nowMs) })
  return (
    <PageFrame {...page} title={words.forecast.title} asOf={asOf} onRefresh={look}>
      {problem && (
        <p className="problem" role="alert">
          {problemText(words, problem)}
        </p>
      )}
      {stations.value !== null && list.length === 0 && <p className="soft">{words.noStations}</p>}
      {station !== null && (
        <>
          <Choosers {...{ list, station, target }} onStation={setStation} onTarget={setTarget} />
          <StationForecast
            key={`${station} ${target}`}
            {...{ station, target, onSignedOut: page.onSignedOut }}
          />
        </>
      )}
      <Learning
        models={models.value}
        trainings={trainings.value}
        {...{ mayDecide, onChanged: look }}
      />
    </PageFrame>
  )
}

type LearningProps = {
  readonly models: readonly ModelCard[] | null
  readonly trainings: readonly Training[] | null
  readonly mayDecide: boolean
  readonly onChanged: () => void
}

/** What is the same for every station; a part that was not answered yet is left out. */
function Learning({ models, trainings, ...may }: LearningProps): JSX.Element {
  return (
    <>
      {models !== null && <ModelsSection models={models} {...may} />}
      {trainings !== null && <TrainingSection trainings={trainings} {...may} />}
      {models !== null && <EffectsSection models={models} />}
    </>
  )
}

type ChooserProps = {
  readonly list: SyncStations['stations']
  readonly station: number
  readonly target: DemandTarget
  readonly onStation: (station: number) => void
  readonly onTarget: (target: DemandTarget) => void
}

function Choosers({ list, station, target, onStation, onTarget }: ChooserProps): JSX.Element {
  const words = useWords()
  return (
    <div className="choosers">
      <label>
        {words.station}
        <select value={station} onChange={(event) => onStation(Number(event.target.value))}>
          {list.map((one) => (
            <option key={one.station} value={one.station}>
              {one.station} · {one.name}
            </option>
          ))}
        </select>
      </label>
      {demandTargets.map((one) => (
        <button key={one} type="button" aria-pressed={one === target} onClick={() => onTarget(one)}>
          {words.forecast.targets[one]}
        </button>
      ))}
    </div>
  )
}

type StationProps = {
  readonly station: number
  readonly target: DemandTarget
  readonly onSignedOut: () => void
}

function StationForecast({ station, target, onSignedOut }: StationProps): JSX.Element {
  const words = useWords()
  const question = useCallback(
    async () => forecastClient.report(station, target).then(withAsked),
    [station, target],
  )
  const { value, problem } = usePolled(question, reportEveryMs, onSignedOut)
  if (problem !== null && value === null) {
    return <p className="problem">{problemText(words, problem)}</p>
  }
  if (value === null) return <p className="soft">{words.loading}</p>
  const { report } = value
  if (report === null) return <p className="card">{words.forecast.none}</p>
  return (
    <>
      {problem !== null && <p className="problem">{problemText(words, problem)}</p>}
      <BandsSection report={report} />
      <div className="two">
        <AccuracySection report={report} />
        <AlarmsSection report={report} />
      </div>
    </>
  )
}

type Reported = Awaited<ReturnType<typeof forecastClient.report>>

/** Tells "asked, and there is none" from "not asked yet". */
function withAsked(answer: Reported) {
  return answer.ok ? { ok: true as const, value: { report: answer.value } } : answer
}
