import { headFamily, usualFamily } from '@baari/hardware/simulators/head-families'
import type { StationFileKeys } from '@baari/hardware/simulators/head-family'

export type SimulatedLines = {
  /** Driver of the heads; the simulators' usual one when absent. */
  readonly driver?: string | undefined
  /** Ports of the lines on loopback, in order. */
  readonly ports: readonly number[]
  readonly positions: number
  /** Keys that this station's dispensers have besides: lane, profile. */
  readonly place: (position: number) => StationFileKeys
}

/** The buses and dispensers of a station file whose heads are simulated, all of them controlled. */
export function simulatedLines({ driver = usualFamily, ports, positions, place }: SimulatedLines): {
  readonly buses: StationFileKeys
  readonly dispensers: readonly object[]
} {
  const { headsPerLine, stationFile } = headFamily(driver)
  const nameOf = (line: number): string => (line === 0 ? 'sim' : `sim${line + 1}`)
  const buses = ports.map((port, line) => [
    nameOf(line),
    { kind: 'tcp', host: '127.0.0.1', port, ...stationFile.bus },
  ])
  return {
    buses: Object.fromEntries(buses) as StationFileKeys,
    dispensers: Array.from({ length: positions }, (_, index) => ({
      id: `d${index + 1}`,
      mode: 'control',
      bus: nameOf(Math.floor(index / headsPerLine)),
      ...stationFile.dispenser(index + 1),
      ...place(index + 1),
    })),
  }
}
