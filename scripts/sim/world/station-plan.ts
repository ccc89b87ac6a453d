import { nozzleNo } from '@baari/edge/domain/position/nozzle'
import type { NozzleSetup } from '@baari/edge/ports/fills'
import type { StationSettings } from '@baari/edge/ports/station-settings'
import { grams } from '@baari/shared/units/mass'
import {
  attendantId,
  laneNo,
  positionNo,
  stationNo,
  type PositionNo,
} from '@baari/shared/units/names'
import { hours, minutes, seconds } from '@baari/shared/units/time'

export const entryLanes = [laneNo(1), laneNo(2)] as const
export const exitLane = laneNo(9)
export const asha = attendantId('00000001-0000-7000-8000-00000000a001')
export const pricePaisePerKg = 9_450
export const firstKid = 142
export const compressorGramsPerHour = grams(600_000)

/** Positions of a station, one after another on its two lanes. */
export function settingsOf(no: number, positions: number): StationSettings {
  const lane = (name: string, at: (typeof entryLanes)[number]) =>
    ({ no: at, name, direction: 'entry', accepts: [] }) as const
  return {
    no: stationNo(no),
    name: `Station ${no}`,
    zone: 'Asia/Kolkata',
    serves: [stationNo(no)],
    lanes: [
      lane('A', entryLanes[0]),
      lane('B', entryLanes[1]),
      { no: exitLane, name: 'Exit', direction: 'exit', accepts: [] },
    ],
    positions: Array.from({ length: positions }, (_, index) => ({
      no: positionNo(index + 1),
      lane: entryLanes[index % 2] ?? entryLanes[0],
      nozzles: ['ngv1'] as const,
    })),
    bookedLanes: null,
    earlyGraceMs: minutes(20),
    payAtPump: true,
    compressorGramsPerHour,
    matchGroupVehicle: true,
    limits: {
      fillsPerDay: {},
      coolDownMs: hours(0),
      smallFillPermille: 800,
      countFrom: null,
      countUntil: null,
    },
  }
}

export function setupOf(position: PositionNo): NozzleSetup {
  return {
    position,
    nozzle: nozzleNo(1),
    type: 'ngv1',
    toleranceGrams: grams(200),
    meter: {
      widthGrams: grams(1_000_000_000_000),
      maxFlowGramsPerS: grams(800),
      countGrams: grams(1),
    },
  }
}

export const nozzleTimes = {
  authoriseWithinMs: minutes(2),
  quietMs: seconds(2),
  retryMs: seconds(1),
} as const

/** Small, so that after an hour without a line two batches are on their way at once. */
export const batchOpsMax = 20

/** Far apart, because an idle shape shows nothing; the real ones are in the follower. */
export const followTimes = {
  silenceMs: hours(4),
  watchMs: hours(1),
  quietWriteMs: hours(12),
} as const
