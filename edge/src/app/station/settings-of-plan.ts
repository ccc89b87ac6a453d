import type { PositionNo } from '@baari/shared/units/names'
import type { NozzlePlan, StationPlan } from '../../ports/station-plan.ts'
import type { PositionSettings, StationSettings } from '../../ports/station-settings.ts'

/** What use-cases have to know of the station file; wiring and registers stay outside. */
export function settingsOfPlan(plan: StationPlan): StationSettings {
  const { station, rules } = plan
  return {
    no: station.no,
    name: station.name,
    zone: station.zone,
    serves: [station.no, ...rules.alsoServes],
    lanes: plan.lanes.map(({ no, name, direction, accepts }) => ({ no, name, direction, accepts })),
    positions: positionsOf(plan),
    bookedLanes: rules.bookedLanes,
    earlyGraceMs: rules.earlyGraceMs,
    payAtPump: rules.payAtPump,
    compressorGramsPerHour: rules.compressorGramsPerHour,
    matchGroupVehicle: rules.matchGroupVehicle,
    limits: {
      fillsPerDay: rules.fillsPerDay,
      coolDownMs: rules.coolDownMs,
      smallFillPermille: rules.smallFillPermille,
      countFrom: null,
      countUntil: null,
    },
  }
}

/** Each place on the ground once, with the nozzle types that reach it. */
function positionsOf(plan: StationPlan): readonly PositionSettings[] {
  const places = new Map<PositionNo, PositionSettings>()
  for (const { lane, nozzles } of plan.dispensers)
    for (const nozzle of nozzles)
      places.set(nozzle.position, {
        no: nozzle.position,
        lane,
        nozzles: typesWith(places.get(nozzle.position), nozzle),
      })
  return [...places.values()].sort((a, b) => a.no - b.no)
}

function typesWith(
  known: PositionSettings | undefined,
  { profile }: NozzlePlan,
): PositionSettings['nozzles'] {
  return [...new Set([...(known?.nozzles ?? []), profile])]
}
