import type { DriverContext } from '../../ports/device.ts'
import { nozzleNo, type Dispenser } from '../../ports/dispenser.ts'
import { PolledDispenser } from '../polled-dispenser.ts'
import type { ControllerLine } from './controller-port.ts'
import { pts2Manifest, type Pts2Config } from './manifest.ts'
import { pumpWire } from './pump-wire.ts'

/** What the driver needs besides its configuration. */
export type Pts2PumpParts = DriverContext & {
  readonly line: ControllerLine
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
}

export { pts2Manifest }

/** A dispenser behind a Technotrade PTS-2 controller (docs/protocols/pts2.md). */
export function createPts2Pump(given: Pts2Config, parts: Pts2PumpParts): Dispenser {
  const { line, clock, stationControl } = parts
  const mode = given.mode === 'control' && !stationControl ? 'poll' : given.mode
  const config = { ...given, mode }
  const { id, pollMs, activePollMs, maxFlowGramsPerSecond, widthGrams } = config
  const nozzle = nozzleNo(config.nozzle)
  return new PolledDispenser(
    pumpWire({ deviceId: id, line, clock, nozzle, config }),
    { id, mode, limits: { maxFlowGramsPerSecond, widthGrams }, pollMs, activePollMs },
    parts,
  )
}
