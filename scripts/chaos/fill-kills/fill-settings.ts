import type { StationSettings } from '@baari/edge/ports/station-settings'
import { grams } from '@baari/shared/units/mass'
import { laneNo, positionNo, stationNo } from '@baari/shared/units/names'
import { millis } from '@baari/shared/units/time'

/** The station of the run: one lane, so many positions with one NGV1 nozzle each. */
export function killSettings(positions: number): StationSettings {
  return {
    no: stationNo(42),
    name: 'Chaos',
    zone: 'Asia/Kolkata',
    serves: [stationNo(42)],
    lanes: [{ no: laneNo(1), name: '1', direction: 'entry', accepts: [] }],
    positions: Array.from({ length: positions }, (_, index) => ({
      no: positionNo(index + 1),
      lane: laneNo(1),
      nozzles: ['ngv1'],
    })),
    bookedLanes: null,
    earlyGraceMs: millis(1_200_000),
    payAtPump: true,
    compressorGramsPerHour: grams(900_000),
    matchGroupVehicle: true,
    limits: {
      fillsPerDay: {},
      coolDownMs: millis(0),
      smallFillPermille: 800,
      countFrom: null,
      countUntil: null,
    },
  }
}
