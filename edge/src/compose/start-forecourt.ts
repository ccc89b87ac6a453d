import { nozzleNo as hardwareNozzleNo } from '@baari/hardware/ports/dispenser'
import { present } from '@baari/shared/faults/assert'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { grams } from '@baari/shared/units/mass'
import type { PositionNo } from '@baari/shared/units/names'
import { seconds } from '@baari/shared/units/time'
import { dispenserNozzle } from '../adapters/devices/dispenser-nozzle.ts'
import { faultEndings } from '../app/position/fault-endings.ts'
import { forecourtOf } from '../app/desk/forecourt-of.ts'
import type { Forecourt } from '../app/desk/forecourt.ts'
import { offlineForecourt } from '../app/desk/offline-forecourt.ts'
import { PositionController } from '../app/position/position-controller.ts'
import type { PositionParts, SafetyNow } from '../app/position/position-parts.ts'
import { settingsOfPlan } from '../app/station/settings-of-plan.ts'
import { nozzleNo } from '../domain/position/nozzle.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { DispenserPlan, NozzlePlan, StationPlan } from '../ports/station-plan.ts'
import type { Lines } from './start-lines.ts'
import type { NodeLedger } from './start-ledger.ts'

export type StartForecourt = {
  readonly plan: StationPlan
  readonly lines: Lines
  readonly ledger: NodeLedger
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: Log
  readonly metrics: Pick<Metrics, 'notAuthorised'>
  readonly alarms: AlarmDesk
  readonly safety: () => SafetyNow
  readonly onLedgerLost: (cause: unknown) => void
}

const times = {
  quietMs: seconds(2),
  retryMs: seconds(1),
} as const
/** Autos and cars are nine of ten vehicles; a running fill is guessed to end here (lanes.md). */
const usualGrams = grams(6000)
/** 40 kg/min is the fastest NGV2 nozzle; with some reserve. */
const maxFlowGramsPerS = grams(800)

/**
 * One controller per position that a driver reaches, recovery first: nothing is sent until each
 * nozzle's last row was matched with its device. The others show offline.
 */
export async function startForecourt(parts: StartForecourt): Promise<{
  readonly forecourt: Forecourt
  /** All-stop: every position, before anything else. */
  readonly trip: () => void
  readonly poke: () => void
  stop(): void
}> {
  const { plan, ledger, log } = parts
  const controllers = new Map<PositionNo, PositionController>()
  const driven = settingsOfPlan(plan).positions.filter(({ no }) => reaches(parts, no))
  const others = settingsOfPlan(plan).positions.filter(({ no }) => !reaches(parts, no))
  const offline = offlineForecourt(others)
  const { forecourt, changed } = forecourtOf({ controllers, offline, clock: parts.clock })
  const endings = faultEndings(parts.alarms)
  forecourt.onChange(() => endings.look(forecourt.facts))
  for (const { no } of driven)
    controllers.set(no, new PositionController(partsOf(no, parts, { forecourt, changed, endings })))
  const { called, faults } = await ledger.run('positions.read', {})
  for (const { position, code } of faults) endings.recall(position, code)
  for (const [no, controller] of controllers) {
    controller.recall(faults.filter(({ position }) => position === no))
    const ticket = called.find(({ position }) => position === no)?.ticket ?? null
    // An unreadable device may hold its recovery for ever; the other positions go on.
    controller.recover(ticket).catch((error: unknown) =>
      log({
        level: 'error',
        event: 'recovery failed',
        fields: { position: no, reason: String(error) },
      }),
    )
  }
  return {
    forecourt,
    trip: () => {
      for (const controller of controllers.values()) controller.trip()
    },
    poke: () => {
      for (const controller of controllers.values()) controller.poke()
    },
    stop: () => {
      for (const controller of controllers.values()) controller.dispose()
    },
  }
}

type Place = { readonly device: DispenserPlan; readonly nozzle: NozzlePlan }

function placesAt(plan: StationPlan, no: PositionNo): readonly Place[] {
  return plan.dispensers.flatMap((device) =>
    device.nozzles.filter(({ position }) => position === no).map((nozzle) => ({ device, nozzle })),
  )
}

function reaches({ plan, lines }: StartForecourt, no: PositionNo): boolean {
  return placesAt(plan, no).every(({ device }) => lines.dispensers.has(device.id))
}

function partsOf(
  no: PositionNo,
  { plan, lines, ledger, clock, ids, log, metrics, safety, onLedgerLost }: StartForecourt,
  { forecourt, changed, endings }: Told,
): PositionParts {
  const places = placesAt(plan, no)
  return {
    no,
    lane: present(places[0], 'a dispenser at the position').device.lane,
    nozzles: places.flatMap(({ device, nozzle }) => {
      const dispenser = lines.dispensers.get(device.id)
      if (!dispenser) return []
      return [
        {
          setup: setupOf(plan, nozzle),
          device: dispenserNozzle(dispenser, hardwareNozzleNo(nozzle.n)),
        },
      ]
    }),
    mayControl: places.every(({ device }) => device.mode === 'control'),
    usualGrams,
    times: { ...times, authoriseWithinMs: plan.fills.authoriseValidMs },
    ledger: () => ledger,
    clock,
    ids,
    safety,
    onChange: () => changed(no),
    onCalls: (calls) => forecourt.carryOut(calls),
    onAlarm: (position, code) => endings.raise(position, code),
    onRefused(position, { code, facts }) {
      metrics.notAuthorised(String(facts['condition'] ?? code))
      log({ level: 'warn', event: 'not authorised', fields: { ...facts, position, code } })
    },
    onLedgerLost,
    onRecovered: (position, row, next) =>
      log({ level: 'info', event: 'nozzle recovered', fields: { position, row, next } }),
  }
}

type Told = {
  readonly forecourt: Forecourt
  readonly changed: (position: PositionNo) => void
  readonly endings: ReturnType<typeof faultEndings>
}

function setupOf(
  { fills }: StationPlan,
  { n, position, profile, total }: NozzlePlan,
): PositionParts['nozzles'][number]['setup'] {
  return {
    position,
    nozzle: nozzleNo(n),
    type: profile,
    toleranceGrams: fills.presetToleranceGrams,
    meter: { widthGrams: total.widthGrams, maxFlowGramsPerS, countGrams: grams(total.unitGrams) },
  }
}
