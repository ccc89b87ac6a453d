import { stringify } from 'yaml'
import { simulatedLines } from '../../clients/simulated-lines.ts'

/** The station of the run as the node reads it: one lane, one controlled nozzle per position. */
export function killStationFile({
  authoriseValidS,
  ...options
}: {
  readonly driver: string
  readonly positions: number
  readonly ports: readonly number[]
  /** How long an authorise is valid; the node's own time where nothing is said. */
  readonly authoriseValidS?: number
}): string {
  return stringify({
    station: { id: 'IN-GJ-0042', name: 'Chaos', control: true },
    ...(authoriseValidS === undefined ? {} : { fills: { authorise_valid_s: authoriseValidS } }),
    ...simulatedLines({ ...options, place: () => ({ lane: 1 }) }),
  })
}
