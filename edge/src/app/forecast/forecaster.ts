import type { ModelRefusal } from '@baari/shared/domain/forecast/bundle/model-refusal'
import {
  arrivalsAhead,
  capForecast,
  classSharesOf,
} from '@baari/shared/domain/forecast/serving/walk-in-work'
import type { WeekForecast } from '@baari/shared/domain/forecast/serving/week-forecast'
import type { WalkInForecast } from '@baari/shared/domain/slots/walk-in-forecast'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { Clock } from '@baari/shared/runtime/clock'
import { minutes, type Instant } from '@baari/shared/units/time'
import { repeatTask } from '../repeat-task.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Log } from '../../ports/log.ts'
import type { ModelOffer, ModelSource } from '../../ports/models.ts'
import type { PartHealth } from '../../ports/readiness.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import type { Forecasted } from './forecast-work.ts'
import type { NoteDrift, noteDrift } from './note-drift.ts'
import type { DemandFacts, demandFacts, recordDemand } from './record-demand.ts'

/** The commands the forecaster runs; any ledger that has them will do. */
export type DemandCommands = {
  readonly 'demand.record': typeof recordDemand
  readonly 'demand.facts': typeof demandFacts
  readonly 'demand.drift': typeof noteDrift
}

export type ForecasterParts = {
  readonly ledger: Pick<Ledger<DemandCommands>, 'run'>
  readonly clock: Clock
  readonly time: StationClock
  readonly log: Log
  readonly ownClock: boolean
  readonly sources: readonly ModelSource[]
  /** Done away from the control thread; both are bounded in time. */
  readonly forecast: (facts: Omit<DemandFacts, 'classMinutes'>) => Promise<Forecasted>
  readonly accept: (offer: ModelOffer) => Promise<Accepted>
  /** Version in use. */
  readonly current: () => number
}

/** A version that is in use from now on, or why the one in use stays. */
export type Accepted = { readonly version: number } | { readonly refused: ModelRefusal }

export type Forecaster = {
  /** For the cap of the slots; null while nothing can be said. */
  cap(): WalkInForecast | null
  /** For the screens. */
  shown(): StationView['forecast']
  health(): PartHealth
  /** Bundles refused since the start, by code. */
  refusals(): Readonly<Record<string, number>>
  stop(): void
}

type Made = {
  readonly forecast: WeekForecast
  readonly cap: WalkInForecast
  readonly engine: Forecasted['engine']
  readonly at: Instant
}

const hoursShown = 4

/**
 * Records each quarter hour as it ends and forecasts the week after it. New models are asked for
 * once a round; one that is refused is counted and told, and the station goes on with the last one.
 */
export function startForecaster(parts: ForecasterParts): Forecaster {
  const { ledger, clock, time, log } = parts
  const upSince = time.now().at
  const abort = new AbortController()
  const refused = new Map<string, number>()
  let made: Made | undefined
  /** Something new has come that no forecast knows yet. */
  let due = true
  let lastFault: string | undefined

  function countRefusal({ code, detail }: ModelRefusal): void {
    refused.set(code, (refused.get(code) ?? 0) + 1)
    log({ level: 'error', event: 'forecast model refused', fields: { code, detail } })
  }

  async function lookForModels(): Promise<boolean> {
    let taken = false
    for (const source of parts.sources) {
      const offer = await source.next(parts.current(), abort.signal)
      if (offer === undefined) continue
      const answer = await parts.accept(offer)
      if ('refused' in answer) {
        countRefusal(answer.refused)
        source.aside(answer.refused.code)
      } else {
        log({ level: 'info', event: 'forecast model in use', fields: { version: answer.version } })
        source.aside(undefined)
        taken = true
      }
    }
    return taken
  }

  async function forecastNow(): Promise<void> {
    const { classMinutes: learned, ...facts } = await ledger.run('demand.facts', {})
    const { forecast, engine, judged, refused: damaged } = await parts.forecast(facts)
    for (const one of damaged) countRefusal(one)
    if (forecast === null) return
    const by = { shares: classSharesOf(facts.counts), learned, madeAt: facts.now }
    made = { forecast, cap: capForecast(forecast, by), engine, at: facts.now }
    if (judged !== null) await tellDrift(parts, { version: judged, days: forecast.days })
  }

  async function round(): Promise<void> {
    try {
      const { recorded } = await ledger.run('demand.record', { upSince, ownClock: parts.ownClock })
      const taken = await lookForModels()
      due ||= recorded > 0 || taken
      if (due) await forecastNow()
      due = false
      lastFault = undefined
    } catch (error) {
      lastFault = String(error)
      throw error
    }
  }

  const task = repeatTask({ clock, log }, { name: 'forecast', every: minutes(1), run: round })
  return {
    cap: () => made?.cap ?? null,
    shown: () => (made === undefined ? null : shownOf(made, time.now().at)),
    health: () => healthOf(made, lastFault),
    refusals: () => Object.fromEntries(refused),
    stop() {
      abort.abort()
      task.stop()
    },
  }
}

/** Each alarm once, also after a restart. */
async function tellDrift({ ledger, log }: ForecasterParts, judged: NoteDrift): Promise<void> {
  const { opened } = await ledger.run('demand.drift', judged)
  for (const { kind, version } of opened) {
    log({ level: 'error', event: 'forecast model drifts', fields: { kind, version } })
  }
}

function shownOf({ forecast }: Made, now: Instant): StationView['forecast'] {
  const ahead = arrivalsAhead(forecast, { now, hours: hoursShown })
  return {
    basis: forecast.basis,
    hours: ahead.map(({ start, ...rest }) => ({ startMs: start, ...rest })),
  }
}

/** A station serves without a forecast too, so that its part is never what makes it not ready. */
function healthOf(made: Made | undefined, fault: string | undefined): PartHealth {
  const said =
    made === undefined ? 'nothing to forecast from yet: the flat cap holds' : basisOf(made)
  const detail = fault === undefined ? said : `${said}; last round failed: ${fault}`
  return { part: 'forecast', ok: true, detail }
}

function basisOf({ forecast, engine }: Made): string {
  const { came, basis, version, calibrated } = forecast
  const { quarters, cover } = came.walkInWork
  const judged =
    quarters === 0
      ? 'not judged yet'
      : `${Math.round(100 * cover)} % of ${quarters} quarters inside`
  const how = {
    model: `model ${version ?? 0} (${engine ?? 'trees'})`,
    'seasonal-naive':
      engine === null ? 'seasonal naive: no usable model' : 'seasonal naive: the model was worse',
    'pooled-profile': 'profile of the other stations',
    'shrunk-profile': 'profile of less than four weeks',
  }[basis]
  return `${how}, ${judged}${calibrated ? '' : ', the cap reckons with the mean'}`
}
