import { stationDays } from '@baari/shared/domain/forecast/learning/day-scores'
import { driftOf } from '@baari/shared/domain/forecast/learning/drift'
import {
  isFallenBack,
  stepAlarms,
  type DriftAlarmKind,
} from '@baari/shared/domain/forecast/learning/drift-alarms'
import { seriesByTarget } from '@baari/shared/domain/forecast/learning/score-station'
import { inputAlarms } from '@baari/shared/domain/forecast/learning/watched-inputs'
import type { StationHistory } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import type { IdSource } from '@baari/shared/runtime/chance'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, dayNumber, hours, type DayNumber } from '@baari/shared/units/time'
import type { Trainings } from '../../ports/forecast-models.ts'
import type { ForecastWatch, Score, Scores, ToldAlarm } from '../../ports/forecast-watch.ts'
import { rollBack, type PromoteDeps } from './promote-models.ts'

export type WatchDeps = PromoteDeps & {
  readonly watch: ForecastWatch
  readonly trainings: Pick<Trainings, 'ask'>
  readonly ids: IdSource
  readonly score: Score
  /** Tells somebody of an alarm; called once for each. */
  readonly tell: (alarm: ToldAlarm) => void
}

/** Eight weeks of features, and a week that is judged. */
const historyTime = hours(24 * 90)
/** Most ops of a day have come by then; what comes later counts in a week. */
const lookAt = hours(2)
/** Days the ratio is followed over; those of an older version do not count. */
const followedDays = 60
const keptDays = 120
/** The model as a whole. */
const everywhere = 0

/**
 * The daily look: each station's days are scored and kept, alarms are told once, a training is asked
 * for at a new one, and the model before serves again when most stations have given this one up.
 * Days of events are left out. Runs once a day, in one process.
 */
export async function watchForecasts(deps: WatchDeps): Promise<void> {
  const { watch, models, clock } = deps
  const today = istDay(before(clock.now(), lookAt))
  if (!(await watch.begin(today, clock.now()))) return
  const stations = await models.histories(before(clock.now(), historyTime))
  const model = await models.inService()
  const inputs = model === undefined ? [] : await models.inputsOf(model.version)
  const scores = await deps.score({ stations, today, model, inputs })
  await watch.keep(scores.days)
  if (model !== undefined) {
    const look = { stations, scores, today, version: model.version }
    const step = await stepAll(deps, look, inputAlarms(inputs, scores.inputs))
    await watch.change(step, clock.now())
    step.opened.forEach(deps.tell)
    if (step.opened.length > 0) await deps.trainings.ask('drift', deps.ids.uuid())
    await giveUp(deps, look, step.open)
  }
  await watch.dropBefore(dayNumber(today - keptDays))
  await watch.end(today, clock.now())
}

type Look = {
  readonly stations: readonly StationHistory[]
  readonly scores: Scores
  readonly today: DayNumber
  readonly version: number
}

type Step = {
  readonly opened: readonly ToldAlarm[]
  readonly closed: readonly ToldAlarm[]
  readonly open: readonly ToldAlarm[]
}

async function stepAll(
  { watch }: WatchDeps,
  { stations, today, version }: Look,
  ofInputs: readonly DriftAlarmKind[],
): Promise<Step> {
  const open = await watch.openAlarms()
  const since = dayNumber(today - followedDays)
  const steps = [stepOf(everywhere, { alarms: ofInputs, days: [] })]
  for (const { station, eventDays } of stations) {
    const rows = await watch.days(station, version, since)
    const days = stationDays(seriesByTarget(rows)).filter(({ day }) => !eventDays.has(day))
    steps.push(stepOf(station, { alarms: driftOf(days).alarms, days }))
  }
  return {
    opened: steps.flatMap(({ opened }) => opened),
    closed: steps.flatMap(({ closed }) => closed),
    open: steps.flatMap((one) => one.open),
  }

  function stepOf(
    station: number,
    now: Pick<Parameters<typeof stepAlarms>[1], 'alarms' | 'days'>,
  ): Step {
    const own = open.filter((one) => one.station === station)
    const step = stepAlarms(own, { version, day: today, ...now })
    const named = (alarms: typeof step.open): readonly ToldAlarm[] =>
      alarms.map((one) => ({ ...one, station }))
    return { opened: named(step.opened), closed: named(step.closed), open: named(step.open) }
  }
}

/** More than half of the stations that have days of it: then the fault is the model's. */
async function giveUp(
  deps: WatchDeps,
  { stations, scores, version }: Look,
  open: readonly ToldAlarm[],
): Promise<void> {
  const judged = stations.filter(({ station }) =>
    scores.days.some((one) => one.station === station && one.quarters > 0),
  )
  const lost = judged.filter(({ station }) =>
    isFallenBack(
      open.filter((one) => one.station === station),
      version,
    ),
  )
  if (lost.length * 2 <= judged.length) return
  const to = await deps.models.replacedBy(version)
  // Without one before it, each station is on seasonal naive by itself.
  if (to !== undefined) await rollBack(deps, { version: to, by: 'drift' })
}
