import { join } from 'node:path'
import { keyFor, firstStationKid, type KeySet } from '@baari/shared/domain/keys/key-set'
import { assert } from '@baari/shared/faults/assert'
import type { Clock } from '@baari/shared/runtime/clock'
import type { StationNo } from '@baari/shared/units/names'
import { incomingFolder } from '../adapters/forecast/incoming-folder.ts'
import { modelStore } from '../adapters/forecast/model-store.ts'
import { startForecaster as start, type Forecaster } from '../app/forecast/forecaster.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ModelSource } from '../ports/models.ts'
import type { StationClock } from '../ports/station-clock.ts'
import { startForecastCall } from './forecast-call.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartForecaster = {
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly time: StationClock
  readonly station: StationNo
  readonly log: Log
  readonly metrics: Metrics
  readonly dataFolder: string
  /** Null: the station runs alone, and its clock is its own. */
  readonly cloudUrl: string | null
  readonly keySet: () => KeySet | undefined
  /** Beside the folder a technician fills. */
  readonly sources?: readonly ModelSource[]
}

/** The forecaster with its process, which ends after each answer. */
export function startForecaster(parts: StartForecaster): Forecaster {
  const { clock, time, station, dataFolder } = parts
  const folder = join(dataFolder, 'models')
  const other = startForecastCall(clock)
  const store = modelStore(folder)

  const forecaster = start({
    ...parts,
    ownClock: parts.cloudUrl === null,
    sources: [incomingFolder(folder), ...(parts.sources ?? [])],
    current: () => store.current(),
    async forecast(past) {
      const answer = await other.call({ kind: 'forecast', folder, past })
      assert(answer.kind === 'forecast', 'the answer is to what was asked')
      return answer.forecasted
    },
    async accept(offer) {
      const { at: now } = time.now()
      const keys = keysInForce(parts.keySet(), { now, station })
      const answer = await other.call({ kind: 'accept', folder, offer, station, now, keys })
      assert(answer.kind === 'accept', 'the answer is to what was asked')
      return answer.accepted
    },
  })
  parts.metrics.gauge({
    name: 'baari_model_refusals_total',
    help: 'Forecast models refused, by code.',
    grows: true,
    label: 'code',
    read: () => forecaster.refusals(),
  })
  return {
    ...forecaster,
    stop() {
      forecaster.stop()
      other.stop()
    },
  }
}

function keysInForce(
  set: KeySet | undefined,
  at: Parameters<typeof keyFor>[2],
): readonly (readonly [number, string])[] {
  const kids = set?.keys.map(({ kid }) => kid).filter((kid) => kid < firstStationKid) ?? []
  return kids.flatMap((kid) => {
    const key = set && keyFor(set, kid, at)
    return key?.ok === true ? [[kid, key.value.publicKey] as const] : []
  })
}
