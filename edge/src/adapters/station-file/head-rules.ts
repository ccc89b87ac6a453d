import { dispenserDriver, type DriverFacts } from './known-drivers.ts'
import type { RawDispenser, RawSensor, RawStationFile } from './station-file-schema.ts'
import { problem, type StationFileProblem } from './station-file-problem.ts'

/** What a PTS-2 controller, a Neogi head and a tank gauge ask of the file besides the common rules. */
export function headProblems(file: RawStationFile): readonly StationFileProblem[] {
  return [
    ...file.dispensers.flatMap((device, index) => {
      const driver = dispenserDriver(device.driver)
      const at = `dispensers[${index}]`
      return driver === undefined
        ? []
        : [
            ...busProblems(file, device, at),
            ...modeProblems(file, device, at),
            ...nozzleProblems(device, driver, at),
            ...presetProblems(device, at),
          ]
    }),
    ...file.sensors.flatMap((sensor, index) => gaugeProblems(file, sensor, `sensors[${index}]`)),
  ]
}

function isController(file: RawStationFile, bus: string): boolean {
  return Object.hasOwn(file.buses, bus) && file.buses[bus]?.kind === 'pts2'
}

function busProblems(
  file: RawStationFile,
  { bus, driver }: RawDispenser,
  at: string,
): readonly StationFileProblem[] {
  if (!Object.hasOwn(file.buses, bus)) return []
  const behind = isController(file, bus)
  if (driver === 'pts2' && !behind)
    return [problem(`${at}.bus`, `bus ${bus} is a line; pts2 needs one of kind pts2`)]
  if (driver !== 'pts2' && behind)
    return [problem(`${at}.bus`, `bus ${bus} is a PTS-2 controller; only pts2 stands behind one`)]
  return []
}

/** Only who tells something unasked can be listened to. */
function modeProblems(
  file: RawStationFile,
  { bus, driver, mode }: RawDispenser,
  at: string,
): readonly StationFileProblem[] {
  if (mode !== 'listen') return []
  if (driver === 'neogi')
    return [problem(`${at}.mode`, 'a Neogi head says nothing unasked: poll or control')]
  const controller = file.buses[bus]
  return controller?.kind === 'pts2' && controller.over === 'http'
    ? [problem(`${at}.mode`, 'over http a controller tells nothing by itself: use websocket')]
    : []
}

function nozzleProblems(
  device: RawDispenser,
  { highestNozzle, countGrams }: DriverFacts,
  at: string,
): readonly StationFileProblem[] {
  if (highestNozzle === null) return []
  const listed = device.nozzles ?? []
  const found: StationFileProblem[] = []
  if (listed.length > 1)
    found.push(problem(`${at}.nozzles`, `${device.driver} has one nozzle per dispenser`))
  for (const [index, { n }] of listed.entries())
    if (n > highestNozzle)
      found.push(problem(`${at}.nozzles[${index}].n`, `must be at most ${highestNozzle}`))
  const totals = [
    { path: `${at}.total`, total: device.total },
    ...listed.map(({ total }, index) => ({ path: `${at}.nozzles[${index}].total`, total })),
  ]
  for (const { path, total } of totals) {
    if (total === undefined) continue
    if (total.type !== 'bcd')
      found.push(problem(`${path}.type`, `${device.driver} counts in decimal digits: bcd`))
    if (countGrams !== null && total.unit_g !== countGrams)
      found.push(problem(`${path}.unit_g`, `must be ${countGrams}, the step of the head`))
  }
  return found
}

/** Rupees have two decimals; a third could not be paid. */
const moneyDecimals = 2

function presetProblems(device: RawDispenser, at: string): readonly StationFileProblem[] {
  const { driver, preset, decimals } = device
  if (driver !== 'pts2')
    return preset === undefined
      ? []
      : [problem(`${at}.preset`, `${driver} limits a sale in one way only`)]
  return (['amount', 'price'] as const).flatMap((name) =>
    decimals !== undefined && decimals[name] > moneyDecimals
      ? [problem(`${at}.decimals.${name}`, `must be at most ${moneyDecimals}`)]
      : [],
  )
}

/** A gauge is asked every 10 s. */
const leastStaleMs = 30_000

function gaugeProblems(
  file: RawStationFile,
  sensor: RawSensor,
  at: string,
): readonly StationFileProblem[] {
  const { driver, bus, tank, measures, unit } = sensor
  const found: StationFileProblem[] = []
  if (bus !== undefined && isController(file, bus))
    found.push(problem(`${at}.bus`, `bus ${bus} is a PTS-2 controller and no line`))
  if (driver !== 'tls350') {
    if (tank !== undefined) found.push(problem(`${at}.tank`, 'is a key of tls350 alone'))
    if (measures !== undefined) found.push(problem(`${at}.measures`, 'is a key of tls350 alone'))
    return found
  }
  if (bus === undefined) found.push(problem(`${at}.bus`, 'is missing'))
  else if (!Object.hasOwn(file.buses, bus))
    found.push(problem(`${at}.bus`, `bus ${bus} is not in buses`))
  if (tank === undefined) found.push(problem(`${at}.tank`, 'is missing: which tank of the gauge'))
  if (measures === undefined)
    found.push(problem(`${at}.measures`, 'is missing: the gauge does not tell, metric or us'))
  if (unit !== 'ml') found.push(problem(`${at}.unit`, 'a tank gauge measures ml'))
  if (sensor.stale_ms < leastStaleMs)
    found.push(problem(`${at}.stale_ms`, `must be at least ${leastStaleMs}: levels change slowly`))
  return found
}
