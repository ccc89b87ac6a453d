import type { MetricValue, Metrics, Snapshot } from '@baari/hardware/northbound/metrics'
import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'

const whole = (value: number | null): MetricValue => ({ type: 'Int64', value })
const text = (value: string | null): MetricValue => ({ type: 'String', value })

/**
 * What a host of the operator sees of a station: how it stands, never who is there. Plates, names
 * and tickets stay here.
 */
export function snapshotOfView(view: StationView): Snapshot {
  const { counts, walkInWait, link, gas, clock, shift, positions } = view
  return {
    node: {
      'Queue/Booked': whole(counts.booked),
      'Queue/Walk-ins': whole(counts.walkIns),
      'Queue/Standby': whole(counts.standby),
      'Queue/Walk-in wait median ms': whole(walkInWait.medianMs),
      'Queue/Walk-in wait 90 % ms': whole(walkInWait.p90Ms),
      'Gas/Bank pressure mbar': whole(gas?.bankMbar ?? null),
      'Gas/Vehicles per hour': whole(gas?.vehiclesPerHour ?? null),
      'Link/Up': { type: 'Boolean', value: link.up },
      'Link/Unsent operations': whole(link.unsentOps),
      'Clock/Quality': text(clock),
      'Shift/Open': { type: 'Boolean', value: shift !== null },
    },
    devices: Object.fromEntries(
      positions.map((position) => [`position-${position.no}`, metricsOf(position)]),
    ),
  }
}

function metricsOf({ state, fill, fault }: PositionView): Metrics {
  return {
    State: text(state),
    'Fill/Mass g': whole(fill?.grams ?? null),
    'Fill/Limit g': whole(fill?.limitGrams ?? null),
    'Fill/Amount paise': whole(fill?.amountPaise ?? null),
    'Fault/Code': text(fault?.code ?? null),
  }
}
