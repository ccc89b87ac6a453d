import { headedFor } from '@baari/shared/domain/recommend/slots/herd-guard'
import type { StationLive } from '@baari/shared/contracts/http/cloud-api'
import type { Clock } from '@baari/shared/runtime/clock'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { StationNo } from '@baari/shared/units/names'
import type { Place } from '@baari/shared/units/place'
import { before } from '@baari/shared/units/time'
import type { SaleBook } from '../../ports/sales.ts'
import type { ChoiceLog, SlotRankers, StationPlaces } from '../../ports/slot-recommendation.ts'
import type { StationLives } from '../../ports/station-lives.ts'
import type { Stations, StationView } from '../../ports/stations.ts'
import { listWindows, type ShownWindow, type WindowQuery } from '../bookings/list-windows.ts'
import type { Hold } from './held-briefly.ts'
import { stationHerd, type StationHerd } from './station-herd.ts'

/** What a recommendation reads that is not the driver's own. */
export type SlotReads = {
  readonly ranker: () => ReturnType<SlotRankers['newest']>
  readonly stations: () => Promise<readonly StationView[]>
  readonly price: (station: StationNo) => Promise<PaisePerKg | undefined>
  readonly lives: () => Promise<ReadonlyMap<StationNo, StationLive>>
  readonly places: () => Promise<ReadonlyMap<StationNo, Place>>
  readonly windows: (ask: Omit<WindowQuery, 'from'>) => Promise<readonly ShownWindow[]>
  readonly herd: (station: StationNo) => Promise<StationHerd>
}

export type SlotSources = {
  readonly book: SaleBook
  readonly stations: Stations
  readonly lives: StationLives
  readonly places: StationPlaces
  readonly rankers: Pick<SlotRankers, 'newest'>
  readonly log: Pick<ChoiceLog, 'lookers'>
  readonly clock: Pick<Clock, 'now'>
}

/** A station has some hundred and fifty windows: past so many drivers the newest tell enough. */
const lookersMost = 2_000

/** The reads, each answered as `hold` says. */
export function slotReads(from: SlotSources, hold: Hold): SlotReads {
  const { book, stations, lives, places, rankers, log, clock } = from
  return {
    ranker: hold(() => rankers.newest()),
    stations: hold(() => stations.list()),
    price: hold((station) => stations.priceAt(station, clock.now())),
    lives: hold(() => lives.all(clock.now())),
    places: hold(() => places.all()),
    windows: hold((ask) => listWindows({ book, stations, clock }, { ...ask, from: clock.now() })),
    herd: hold(async (station) => {
      const since = before(clock.now(), headedFor)
      return stationHerd(await log.lookers(station, since, lookersMost))
    }),
  }
}
