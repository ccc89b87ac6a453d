import type { Headed } from '@baari/shared/domain/recommend/slots/herd-guard'
import type { LoggedPlace } from '@baari/shared/domain/recommend/slots/logged-policy'
import type { MadeChoice, RankerVerdict } from '@baari/shared/domain/recommend/slots/fit-ranker'
import type { SlotFeatures } from '@baari/shared/domain/recommend/slots/slot-features'
import type { SlotRanker } from '@baari/shared/domain/recommend/slots/slot-ranker'
import type { Trip } from '@baari/shared/domain/eta/offline-eta'
import type { StationNo, VehicleClass } from '@baari/shared/units/names'
import type { Place } from '@baari/shared/units/place'
import type { Instant } from '@baari/shared/units/time'
import type { RankerFacts } from '../domain/recommend/ranker-facts.ts'

export type ShownOption = {
  readonly place: number
  readonly station: StationNo
  readonly start: Instant
  readonly propensity: number
  readonly explored: boolean
  readonly chance: number
  readonly features: SlotFeatures
}

/** What one driver was shown at once. */
export type Showing = {
  readonly id: string
  readonly driver: string
  /** The driver looked for a slot, or the wished one was full. */
  readonly kind: 'look' | 'full'
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  /** 0 is the weighted score of a cloud that has fitted nothing yet. */
  readonly rankerVersion: number
  /** Of the exploration, so that a showing can be made again. */
  readonly seed: number
  readonly at: Instant
  readonly options: readonly ShownOption[]
}

/** A slot that a driver was shown. */
export type Looker = Headed & { readonly driver: string }

/** The append-only log of what was shown and what became of it. */
export type ChoiceLog = {
  /** Keeps a showing, unless the driver had `mostAnHour` in the hour before it. */
  put(showing: Showing, mostAnHour: number): Promise<void>
  /**
   * Slots of a station that drivers were shown last since a moment and have not decided on; of many
   * drivers at most `limit` slots, those shown last.
   */
  lookers(station: StationNo, since: Instant, limit: number): Promise<readonly Looker[]>
  /**
   * Joins showings with the booking that followed, or with none once their time is over; each once,
   * whoever else joins. Returns how many.
   */
  join(now: Instant, limit: number): Promise<number>
  /** Choices among the slots shown, the newest first, with the stars given after the fill. */
  made(since: Instant, limit: number): Promise<readonly MadeChoice[]>
  /** Of each showing that is joined the place that was drawn by chance, the newest first. */
  drawn(since: Instant, limit: number): Promise<readonly LoggedPlace[]>
  /** Deletes what was shown before a moment. */
  dropBefore(before: Instant): Promise<void>
}

export type FittedRanker = {
  readonly ranker: SlotRanker
  readonly facts: RankerFacts
  readonly verdict: RankerVerdict
}

export type SlotRankers = {
  /** The newest one; undefined before the first fit. */
  newest(): Promise<(FittedRanker & { readonly version: number }) | undefined>
  newestAt(): Promise<Instant | undefined>
  add(fitted: FittedRanker, at: Instant): Promise<number>
  /** False when another process fits already; the lock is let go when `work` ends. */
  alone(work: () => Promise<void>): Promise<boolean>
}

/** What a station is known for, of a span that ends now. */
export type StationTold = {
  readonly station: StationNo
  readonly ratings: { readonly sum: number; readonly count: number }
  readonly offered: number
  readonly taken: number
  /** Vehicles that came by hour of the IST week, Sunday midnight first; absent hours had none. */
  readonly arrivals: ReadonlyMap<number, number>
  readonly workingPositions: number
}

/** What rankers are fitted on beside choices. */
export type RankerSources = {
  stations(since: Instant): Promise<readonly StationTold[]>
  /** Showings joined since, and how many ended with a slot that was shown. */
  takeCounts(since: Instant): Promise<{ readonly shown: number; readonly taken: number }>
  trips(since: Instant, limit: number): Promise<readonly Trip[]>
}

export type StationPlaces = {
  all(): Promise<ReadonlyMap<StationNo, Place>>
  put(station: StationNo, place: Place): Promise<void>
}

/** Starts of a driver's windows that were kept, the newest first. */
export type PastWindows = (driver: string, limit: number) => Promise<readonly Instant[]>
