import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { delayOfWindow } from '@baari/shared/domain/dispatch/delay-amendment'
import type { DispatchConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import {
  longestQuote,
  quoteForWalkIn,
  type ExpectedBooking,
} from '@baari/shared/domain/dispatch/honest-wait'
import { classMeans } from '@baari/shared/domain/dispatch/service-times'
import type { Prng } from '@baari/shared/runtime/chance'
import { vehicleClasses, type NozzleType, type VehicleClass } from '@baari/shared/units/names'
import { after, hours, millis, type Instant, type Millis } from '@baari/shared/units/time'
import { settingsOf } from '../station/settings-of.ts'
import { delaysAt, latenessNow } from '../station/station-delay.ts'
import type { WalkInWait } from './walk-in-wait.ts'
import { loadQueue, nozzlesFor, ruleOf, usualNozzle } from './queue-state.ts'

/** What playing the queue forward needs; plain data, for a thread of its own. */
export type WaitFacts = {
  readonly state: DispatchState
  readonly config: DispatchConfig
  readonly now: Instant
  readonly bookings: readonly ExpectedBooking[]
  readonly classes: readonly {
    readonly vehicleClass: VehicleClass
    readonly nozzles: readonly NozzleType[]
  }[]
}

/** What the gas lets the station do now (hardware.md section 9). */
export type GasPace = {
  /** How much longer a vehicle takes because gas is short; 1000 when it is not. */
  readonly servicePermille: number
  /** Until anybody can be filled again: the bank is below its minimum (X07). */
  readonly refillIn: Millis
}

export const fullPace: GasPace = { servicePermille: 1000, refillIn: millis(0) }

export type WaitQuotes = readonly (WalkInWait & { readonly vehicleClass: VehicleClass })[]

/** Bookings past this do not touch a walk-in that comes now, or it waits too long to promise. */
const horizon = hours(3)

export function waitFacts(tx: LedgerTx, _input: object, { now }: CommandContext): WaitFacts {
  const settings = settingsOf(tx)
  const state = loadQueue(tx)
  const present = latenessNow(tx, state, now.at)
  const told = delaysAt(tx, now.at)
  const late = (start: Instant): Millis => millis(Math.min(present, delayOfWindow(told, start)))
  const nozzles = (wanted: NozzleType) => nozzlesFor(wanted, settings)
  const rows = tx.bookings.expected(now.at, after(now.at, horizon))
  return {
    state,
    config: ruleOf(tx),
    now: now.at,
    bookings: rows.map((row) => ({
      windowStart: after(row.window_start_ms, late(row.window_start_ms)),
      nozzles: nozzles(row.nozzle),
      vehicleClass: row.vehicle_class,
    })),
    classes: vehicleClasses.map((vehicleClass) => ({
      vehicleClass,
      nozzles: nozzles(usualNozzle(vehicleClass)),
    })),
  }
}

/**
 * Honest waits by class. The longer the queue, the more the single fills even out, so fewer runs
 * give the same certainty: about the same work whatever the length, and for more bookings in three
 * hours than any station sells as well.
 */
export function quoteWaits(
  { pace = fullPace, ...facts }: WaitFacts & { readonly pace?: GasPace },
  prng: Prng,
): WaitQuotes {
  const { state, classes, ...model } = facts
  const means = pacedMeans(pace)
  const waiting = state.vehicles.filter(({ place }) => place.kind === 'waiting').length
  const certain = Math.round(Math.min(1_200 / (waiting + 10), 30_000 / (model.bookings.length + 1)))
  const replications = Math.min(60, Math.max(9, certain))
  const random = (): number => prng.next()
  return classes.map(({ vehicleClass, nozzles }) => {
    const quote = quoteForWalkIn(
      state,
      { nozzles, vehicleClass },
      { ...model, means, random, replications },
    )
    const { medianMs, p90Ms } = quote ?? { medianMs: longestQuote, p90Ms: longestQuote }
    return {
      vehicleClass,
      medianMs: delayed(medianMs, pace),
      p90Ms: delayed(p90Ms, pace),
    }
  })
}

function pacedMeans({ servicePermille }: GasPace): Readonly<Record<VehicleClass, Millis>> {
  const paced = (mean: Millis): Millis => millis(Math.round((mean * servicePermille) / 1000))
  const { auto, car, lcv, bus } = classMeans
  return { auto: paced(auto), car: paced(car), lcv: paced(lcv), bus: paced(bus) }
}

/** Nobody starts before the bank is back; nobody is quoted more than the longest wait. */
function delayed(wait: Millis, { refillIn }: GasPace): Millis {
  return millis(Math.min(longestQuote, Math.round(wait) + refillIn))
}

/** Keeps the quotes for the board and for the next walk-in. */
export function keepQuotes(
  tx: Pick<LedgerTx, 'queue'>,
  { quotes }: { readonly quotes: WaitQuotes },
  { now }: CommandContext,
): void {
  const known = new Map(tx.queue.quotes().map((quote) => [quote.vehicleClass, quote]))
  for (const quote of quotes) {
    const before = known.get(quote.vehicleClass)
    const same = before?.medianMs === quote.medianMs && before.p90Ms === quote.p90Ms
    if (!same) tx.queue.saveQuote({ ...quote, at: now.at })
  }
}
