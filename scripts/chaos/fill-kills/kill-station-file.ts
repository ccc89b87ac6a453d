import { stringify } from 'yaml'
import { simulatedLines } from '../../clients/simulated-lines.ts'

/** The station of the run as the node reads it: one lane, one controlled nozzle per position. */
export function killStationFile(options: {
  readonly driver: string
  readonly positions: number
  readonly ports: readonly number[]
}): string {
  return stringify({
    station: { id: 'IN-GJ-0042', name: 'Chaos', control: true },
    ...simulatedLines({ ...options, place: () => ({ lane: 1 }) }),
  })
}
