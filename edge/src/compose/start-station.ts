import { join } from 'node:path'
import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { AttendantId } from '@baari/shared/units/names'
import { noGrams, type Grams } from '@baari/shared/units/mass'
import { minutes, type Millis } from '@baari/shared/units/time'
import type { Forecourt } from '../app/desk/forecourt.ts'
import { loginsFileName, readDeviceLogin } from '../adapters/system/device-logins.ts'
import { HoseWatch } from '../app/safety/hose-watch.ts'
import { SensorBoard, type SensorWord } from '../app/safety/sensor-board.ts'
import type { ServiceBook } from '../app/service/service-book.ts'
import { TripWatch } from '../app/safety/trip-watch.ts'
import {
  gasState,
  servicePermille,
  type GasFacts,
  type GasState,
} from '../domain/cascade/gas-model.ts'
import { trusted } from '../domain/safety/safety-readings.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { SensorReading } from '../ports/sensor-reading.ts'
import type { StationPlan } from '../ports/station-plan.ts'
import { watchDiskReserve } from './disk-reserve.ts'
import { startForecourt } from './start-forecourt.ts'
import { startGauges } from './start-gauges.ts'
import { startInputs } from './start-inputs.ts'
import { startLines } from './start-lines.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartStation = {
  readonly plan: StationPlan
  readonly dataFolder: string
  readonly reserveBytes: number
  readonly alarms: AlarmDesk
  readonly service: ServiceBook
  readonly ledger: NodeLedger
  readonly ids: IdSource
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly attendantSignedIn: () => boolean
  readonly onLedgerLost: (cause: unknown) => void
}

export type Station = {
  readonly forecourt: Forecourt
  /** A present value of a sensor: looked at for a trip before it is stored. */
  readonly hear: (word: SensorWord) => void
  readonly gas: () => StationView['gas']
  /** Stored gas that vehicles can still take; none where nobody measures it. */
  readonly storedGas: () => Grams
  /** Every value of the sensors that the node reads itself. */
  readonly wiredReadings: () => readonly SensorReading[]
  readonly reserveFree: () => boolean
  /** False while the cause is there; true once the reset and who did it are durable. */
  readonly resetTrip: (by: AttendantId) => Promise<boolean>
  /** How much longer a vehicle takes because gas is short; 1000 when it is not. */
  readonly servicePermille: () => number
  /** Until the bank is back at its minimum; 0 when it is not below (X07). */
  readonly refillIn: () => Millis
  /** An all-stop that nobody has reset yet. */
  readonly tripped: () => boolean
  /** The same for the screens: why, since when, and whether it may be reset. */
  readonly trip: () => StationView['trip']
  /** Called when the trip or a condition of authorising may have changed. */
  readonly onSafety: (call: () => void) => void
  /** Stops every position at once, whatever else of the node still works. */
  readonly allStop: () => void
  stop(): Promise<void>
}

/** Lines, dispensers, positions and the safety watch over all of them. */
export async function startStation(parts: StartStation): Promise<Station> {
  const { plan, dataFolder, clock, log, alarms, service } = parts
  const reserve = await watchDiskReserve(dataFolder, {
    ...{ clock, log, alarms },
    bytes: parts.reserveBytes,
  })
  const login = (name: string) => readDeviceLogin(join(dataFolder, loginsFileName), name)
  const lines = await startLines({ ...parts, login })
  const gauges = await startGauges(parts)
  const inputs = await startInputs({ ...{ plan, lines, clock, log }, ...gauges, service })
  const board = new SensorBoard(plan, clock, inputs.wired)
  service.readings(() => [...inputs.readings(), ...board.told()])
  // Until the watch has looked for the first time, the station counts as tripped.
  let tripLatched = (): boolean => true
  const { forecourt, trip, poke, stop } = await startForecourt({
    ...parts,
    lines,
    safety: () => ({
      safety: board.readings(),
      tripLatched: tripLatched(),
      attendantSignedIn: parts.attendantSignedIn(),
      diskReserveFree: reserve.free(),
    }),
  })
  let safetyChanged = (): void => undefined
  const watch = new TripWatch({
    readings: () => board.readings(),
    stopOnLostDetector: plan.safety.onStale === 'stop',
    latch: await parts.ledger.run('safety.latch', {}),
    hoseBroken: hoseWatchOf({ plan, board, forecourt, clock }),
    allStop: trip,
    onChange: () => {
      poke()
      safetyChanged()
    },
    ...{ clock, log, alarms },
  })
  const gasFacts = (): GasFacts => gasFactsOf({ plan, board, forecourt })
  const gasNow = (): GasState => gasState(gasFacts())
  watch.start()
  inputs.onChange(() => watch.look())
  tripLatched = () => watch.latched()
  return {
    forecourt,
    hear(word) {
      board.hear(word)
      watch.look()
    },
    gas: () => gasOf(board, gasNow()),
    storedGas: () => gasNow().gasLeft ?? noGrams,
    servicePermille: () => servicePermille(gasFacts(), gasNow()),
    refillIn: () => gasNow().refillIn,
    wiredReadings: () => inputs.readings(),
    reserveFree: reserve.free,
    resetTrip: (by) => resetOf(watch, parts.ledger, by),
    tripped: () => tripLatched(),
    trip: () => tripShown(watch),
    onSafety: (call) => void (safetyChanged = call),
    allStop: trip,
    async stop() {
      watch.stop()
      reserve.stop()
      stop()
      await inputs.stop()
      await gauges.stop()
      await lines.stop()
    },
  }
}

/** The latch first, so that a new cause trips anew; its alarm ends with the reset's own record. */
async function resetOf(watch: TripWatch, ledger: NodeLedger, by: AttendantId): Promise<boolean> {
  if (!watch.reset()) return false
  await ledger.run('safety.reset', { by })
  return true
}

function tripShown(watch: TripWatch): StationView['trip'] {
  const trip = watch.trip()
  return trip && { cause: trip.cause, sinceMs: trip.since, causeNow: trip.causeNow }
}

function gasOf(board: SensorBoard, { vehiclesPerHour }: GasState): StationView['gas'] {
  const { bank } = board.readings()
  return bank === null ? null : { bankMbar: bank.reading.value, vehiclesPerHour }
}

type Watched = {
  readonly plan: StationPlan
  readonly board: SensorBoard
  readonly forecourt: Forecourt
}

/** Mean minutes at a position over all classes, the change of vehicle included (lanes.md 4). */
const meanService = minutes(4.18)

function gasFactsOf({ plan, board, forecourt }: Watched): GasFacts {
  const { bank } = plan.safety
  const reading = board.readings().bank?.reading
  const out: readonly string[] = ['fault', 'offline', 'closed']
  return {
    workingPositions: forecourt.facts().filter(({ state }) => !out.includes(state)).length,
    meanService,
    meanFill: plan.rules.meanFillGrams,
    compressorGramsPerHour: plan.rules.compressorGramsPerHour,
    cascade: bank && {
      pressure: reading && trusted(reading) ? reading.value : null,
      minimum: bank.minMbar,
      full: bank.fullMbar,
      capacity: bank.capacityGrams,
    },
  }
}

function hoseWatchOf({
  plan,
  board,
  forecourt,
  clock,
}: Watched & { readonly clock: Clock }): (() => boolean) | undefined {
  const rule = plan.safety.hose
  if (rule === null) return undefined
  const watch = new HoseWatch({
    rule,
    clock,
    bank: () => board.readings().bank,
    fills: () => forecourt.facts().map(({ no, fill }) => ({ no, grams: fill?.grams ?? null })),
  })
  return () => watch.broken()
}
