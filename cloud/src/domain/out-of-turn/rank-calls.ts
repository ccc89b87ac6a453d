import type { StationNo } from '@baari/shared/units/names'

/** Calls out of turn of one attendant at one station. */
export type CallCount = {
  readonly station: StationNo
  readonly stationName: string
  readonly attendant: string
  readonly attendantName: string
  readonly calls: number
  readonly undone: number
}

type Counted = Pick<CallCount, 'calls' | 'undone'>

export type Ranking = {
  readonly stations: readonly (Counted & { readonly station: StationNo; readonly name: string })[]
  readonly attendants: readonly CallCount[]
}

/** Who called most often out of turn, by calls that stood; then by all, then by number and name. */
export function rankCalls(counts: readonly CallCount[]): Ranking {
  const stations = new Map<StationNo, Ranking['stations'][number]>()
  for (const { station, stationName: name, calls, undone } of counts) {
    const before = stations.get(station) ?? { station, name, calls: 0, undone: 0 }
    stations.set(station, {
      ...before,
      calls: before.calls + calls,
      undone: before.undone + undone,
    })
  }
  return {
    stations: [...stations.values()].toSorted((a, b) => byCount(a, b) || a.station - b.station),
    attendants: counts.toSorted(
      (a, b) => byCount(a, b) || a.station - b.station || (a.attendant < b.attendant ? -1 : 1),
    ),
  }
}

function byCount(a: Counted, b: Counted): number {
  return b.calls - b.undone - (a.calls - a.undone) || b.calls - a.calls
}
