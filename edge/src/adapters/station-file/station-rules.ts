import {
  barrierDrivers,
  dispenserDriver,
  dispenserDrivers,
  displayDrivers,
  printerDrivers,
  scannerDrivers,
  sensorDrivers,
} from './known-drivers.ts'
import { headProblems } from './head-rules.ts'
import type { Protocol } from './known-drivers.ts'
import { displayProblems } from './display-rules.ts'
import { problem, type StationFileProblem } from './station-file-problem.ts'
import type { RawBus, RawDispenser, RawSensor, RawStationFile } from './station-file-schema.ts'

/**
 * What single keys cannot show: references, shared addresses, protocols on one line, and the rules
 * about totals and control (hardware.md sections 1, 3, 4 and 11). An empty answer means the file
 * may be believed.
 */
export function stationProblems(file: RawStationFile): readonly StationFileProblem[] {
  return [
    ...doubledNames(file),
    ...file.dispensers.flatMap((device, index) => dispenserProblems(file, device, index)),
    ...displayProblems(file),
    ...ownLineProblems(file, 'scanners', scannerDrivers),
    ...ownLineProblems(file, 'displays', displayDrivers),
    ...ownLineProblems(file, 'barriers', barrierDrivers),
    ...ownLineProblems(file, 'printers', printerDrivers),
    ...bookedLaneProblems(file),
    ...file.sensors.flatMap((sensor, index) => sensorProblems(file, sensor, index)),
    ...bankProblems(file),
    ...esdProblems(file),
    ...addressProblems(file),
    ...protocolProblems(file),
    ...positionProblems(file),
    ...controlBusProblems(file),
    ...headProblems(file),
  ]
}

function doubledNames(file: RawStationFile): readonly StationFileProblem[] {
  const seen = new Map<string, string>()
  const named = [
    ...file.dispensers.map((d, i) => [d.id, `dispensers[${i}].id`] as const),
    ...file.scanners.map((s, i) => [s.id, `scanners[${i}].id`] as const),
    ...file.sensors.map((s, i) => [s.id, `sensors[${i}].id`] as const),
    ...file.displays.map((d, i) => [d.id, `displays[${i}].id`] as const),
    ...file.barriers.map((b, i) => [b.id, `barriers[${i}].id`] as const),
    ...file.printers.map((p, i) => [p.id, `printers[${i}].id`] as const),
    ...(file.lanes ?? []).map((l, i) => [`lane ${l.no}`, `lanes[${i}].no`] as const),
  ]
  return named.flatMap(([name, path]) => {
    const first = seen.get(name)
    if (first === undefined) seen.set(name, path)
    return first === undefined ? [] : [problem(path, `${name} is already used at ${first}`)]
  })
}

function laneKnown(file: RawStationFile, lane: number): boolean {
  return file.lanes === undefined || file.lanes.some((known) => known.no === lane)
}

function dispenserProblems(
  file: RawStationFile,
  device: RawDispenser,
  index: number,
): readonly StationFileProblem[] {
  const at = `dispensers[${index}]`
  const driver = dispenserDriver(device.driver)
  if (!driver) {
    const known = Object.keys(dispenserDrivers).join(', ')
    return [problem(`${at}.driver`, `${device.driver} is unknown; known are ${known}`)]
  }
  const found: StationFileProblem[] = []
  if (!laneKnown(file, device.lane)) found.push(problem(`${at}.lane`, noLane(device.lane)))
  if (!Object.hasOwn(file.buses, device.bus)) found.push(problem(`${at}.bus`, noBus(device.bus)))
  if (device.address < driver.lowest || device.address > driver.highest)
    found.push(problem(`${at}.address`, `must lie between ${driver.lowest} and ${driver.highest}`))
  return [...found, ...mapProblems(device, at), ...totalProblems(device, at)]
}

const noLane = (no: number): string => `lane ${no} is not in lanes`
const noBus = (id: string): string => `bus ${id} is not in buses`

function mapProblems(device: RawDispenser, at: string): readonly StationFileProblem[] {
  const maps = dispenserDriver(device.driver)?.maps ?? null
  if (maps === null)
    return device.map === undefined
      ? []
      : [problem(`${at}.map`, `${device.driver} has no register maps`)]
  const known = Object.keys(maps).join(', ')
  if (device.map === undefined) return [problem(`${at}.map`, `is missing; known are ${known}`)]
  const facts = maps[device.map]
  if (!facts) return [problem(`${at}.map`, `${device.map} is unknown; known are ${known}`)]
  return device.mode === 'control' && !facts.controls
    ? [problem(`${at}.mode`, `${device.map} is a meter: it can be polled, not controlled`)]
    : []
}

/** A float32 total loses kilograms from 123 t on (hardware.md section 1.4). */
function totalProblems(device: RawDispenser, at: string): readonly StationFileProblem[] {
  const maps = dispenserDriver(device.driver)?.maps ?? null
  const ofMap = device.map === undefined ? null : (maps?.[device.map]?.total ?? null)
  const places = device.nozzles
    ? device.nozzles.map((nozzle, n) => ({
        path: `${at}.nozzles[${n}].total`,
        total: nozzle.total,
      }))
    : [{ path: `${at}.total`, total: undefined }]
  return places.flatMap(({ path, total }) => {
    const used = total ?? device.total
    if (!used) return ofMap ? [] : [problem(path, 'is missing: say how the totaliser is coded')]
    if (used.type === 'float32' && device.mode === 'control')
      return [problem(path, 'a float32 total loses kilograms and may not control gas')]
    if (used.type === 'bcd' && used.digits === undefined)
      return [problem(`${path}.digits`, 'is missing: a BCD total needs its number of digits')]
    return []
  })
}

function bookedLaneProblems(file: RawStationFile): readonly StationFileProblem[] {
  return (file.rules.booked_lanes ?? []).flatMap((lane, index) =>
    laneKnown(file, lane) ? [] : [problem(`rules.booked_lanes[${index}]`, noLane(lane))],
  )
}

/** Devices with a line of their own: a known driver, one way to them, and a lane that exists. */
function ownLineProblems(
  file: RawStationFile,
  section: 'scanners' | 'displays' | 'barriers' | 'printers',
  known: readonly string[],
): readonly StationFileProblem[] {
  return file[section].flatMap((device, index) => {
    const at = `${section}[${index}]`
    const found: StationFileProblem[] = []
    if (!known.includes(device.driver))
      found.push(
        problem(`${at}.driver`, `${device.driver} is unknown; known are ${known.join(', ')}`),
      )
    if ('lane' in device && !laneKnown(file, device.lane))
      found.push(problem(`${at}.lane`, noLane(device.lane)))
    if ((device.match === undefined) === (device.tcp === undefined))
      found.push(problem(at, 'needs exactly one of match and tcp'))
    return found
  })
}

function sensorProblems(
  file: RawStationFile,
  sensor: RawSensor,
  index: number,
): readonly StationFileProblem[] {
  const at = `sensors[${index}]`
  const found: StationFileProblem[] = []
  if (!sensorDrivers.includes(sensor.driver))
    return [
      problem(`${at}.driver`, `${sensor.driver} is unknown; known are ${sensorDrivers.join(', ')}`),
    ]
  if (sensor.driver === 'mqtt' && sensor.topic === undefined)
    found.push(problem(`${at}.topic`, 'is missing'))
  if (sensor.driver === 'modbus-4-20') found.push(...wiredSensorProblems(file, sensor, at))
  if (sensor.trip && sensor.trip.warn >= sensor.trip.stop)
    found.push(problem(`${at}.trip`, 'warn must lie below stop'))
  if (sensor.trip && sensor.unit !== 'pct_lel')
    found.push(problem(`${at}.unit`, `a gas trip is set in pct_lel, not in ${sensor.unit}`))
  return found
}

function esdProblems(file: RawStationFile): readonly StationFileProblem[] {
  const { esd } = file.safety
  if (esd.driver !== 'modbus' || Object.hasOwn(file.buses, esd.bus)) return []
  return [problem('safety.esd.bus', noBus(esd.bus))]
}

function bankProblems({ safety, sensors }: RawStationFile): readonly StationFileProblem[] {
  if (!safety.bank)
    return safety.hose ? [problem('safety.hose', 'needs safety.bank: a pressure to watch')] : []
  const { sensor } = safety.bank
  const found = sensors.find(({ id }) => id === sensor)
  if (!found) return [problem('safety.bank.sensor', `sensor ${sensor} is not in sensors`)]
  return found.unit === 'mbar'
    ? []
    : [problem('safety.bank.sensor', `${sensor} measures ${found.unit}, not mbar`)]
}

function wiredSensorProblems(
  file: RawStationFile,
  sensor: RawSensor,
  at: string,
): readonly StationFileProblem[] {
  const found: StationFileProblem[] = []
  if (sensor.bus === undefined) found.push(problem(`${at}.bus`, 'is missing'))
  else if (!Object.hasOwn(file.buses, sensor.bus))
    found.push(problem(`${at}.bus`, noBus(sensor.bus)))
  if (sensor.address === undefined) found.push(problem(`${at}.address`, 'is missing'))
  // 4 mA and 20 mA mean nothing until the range says what they stand for.
  if (sensor.range === undefined) found.push(problem(`${at}.range`, 'is missing for 4-20 mA'))
  else if (sensor.range[0] >= sensor.range[1])
    found.push(problem(`${at}.range`, 'low must lie below high'))
  else if (!sensor.range.every((end) => Number.isSafeInteger(end)))
    found.push(problem(`${at}.range`, 'must be whole numbers of the unit'))
  if (sensor.counts[0] >= sensor.counts[1])
    found.push(problem(`${at}.counts`, 'those at 4 mA must lie below those at 20 mA'))
  return found
}

type OnBus = {
  readonly path: string
  readonly bus: string
  readonly address: number
  /** Inputs of one module share its address; anything else needs one of its own. */
  readonly input: string | null
  readonly protocol: Protocol
  readonly hex: boolean
}

function devicesOnBuses(file: RawStationFile): readonly OnBus[] {
  const dispensers = file.dispensers.flatMap((device, i) => {
    const driver = dispenserDriver(device.driver)
    if (!driver) return []
    return [
      {
        path: `dispensers[${i}]`,
        bus: device.bus,
        address: device.address,
        input: null,
        ...protocolOf(driver),
      },
    ]
  })
  const sensors = file.sensors.flatMap((sensor, i) => {
    const { bus, register } = sensor
    const [protocol, address, input] =
      sensor.driver === 'tls350'
        ? (['tls350', sensor.tank, null] as const)
        : (['modbus', sensor.address, `loop ${register}`] as const)
    if (sensor.driver === 'mqtt' || bus === undefined || address === undefined) return []
    return [{ path: `sensors[${i}]`, bus, address, input, protocol, hex: false }]
  })
  return [...dispensers, ...sensors, ...esdOnBus(file)]
}

function esdOnBus({ safety: { esd } }: RawStationFile): readonly OnBus[] {
  if (esd.driver !== 'modbus') return []
  const { bus, address, register, bit } = esd
  const input = `contact ${register}.${bit}`
  return [{ path: 'safety.esd', bus, address, input, protocol: 'modbus', hex: false }]
}

function protocolOf(driver: {
  protocol: Protocol
  hexAddresses: boolean
}): Pick<OnBus, 'protocol' | 'hex'> {
  return { protocol: driver.protocol, hex: driver.hexAddresses }
}

function addressProblems(file: RawStationFile): readonly StationFileProblem[] {
  const seen = new Map<string, readonly (string | null)[]>()
  return devicesOnBuses(file).flatMap(({ path, bus, address, hex, input }) => {
    const key = `${bus}/${address}`
    const others = seen.get(key) ?? []
    seen.set(key, [...others, input])
    const again = others.some((other) => other === null || input === null || other === input)
    const shown = hex ? `0x${address.toString(16)}` : String(address)
    return again ? [problem(`${path}.address`, `${shown} is used twice on bus ${bus}`)] : []
  })
}

function protocolProblems(file: RawStationFile): readonly StationFileProblem[] {
  const first = new Map<string, Protocol>()
  return devicesOnBuses(file).flatMap(({ path, bus, protocol }) => {
    const found: StationFileProblem[] = []
    const known = first.get(bus) ?? protocol
    first.set(bus, known)
    if (known !== protocol)
      found.push(
        problem(`${path}.bus`, `bus ${bus} already speaks ${known}; ${protocol} needs its own`),
      )
    else if (protocol === 'dart' && !hasOddParity(file.buses[bus]))
      found.push(problem(`buses.${bus}.parity`, 'DART is 8O1: parity must be odd'))
    return found
  })
}

function hasOddParity(bus: RawBus | undefined): boolean {
  return bus === undefined || bus.kind === 'pts2' || bus.parity === 'odd'
}

/** One position is one place on the ground: it belongs to one dispenser and one lane. */
function positionProblems(file: RawStationFile): readonly StationFileProblem[] {
  const owner = new Map<number, number>()
  return file.dispensers.flatMap((device, index) => {
    const places = device.nozzles?.map((nozzle) => nozzle.position ?? device.position ?? index + 1)
    return [...new Set(places ?? [device.position ?? index + 1])].flatMap((no) => {
      const other = owner.get(no)
      owner.set(no, other ?? index)
      return other === undefined
        ? []
        : [
            problem(
              `dispensers[${index}].position`,
              `position ${no} already belongs to dispensers[${other}]`,
            ),
          ]
    })
  })
}

/** Modbus stops are awaited one by one, so few dispensers may hang on one line (section 4). */
function controlBusProblems(file: RawStationFile): readonly StationFileProblem[] {
  const controlled = file.dispensers
    .map((device, index) => ({ device, index }))
    .filter(({ device }) => device.driver === 'modbus-meter' && device.mode === 'control')
  const slow = controlled
    .filter(({ device }) => device.delay_ms > 10)
    .map(({ index }) =>
      problem(`dispensers[${index}].delay_ms`, 'a controlled Modbus device answers within 10 ms'),
    )
  const crowded = Object.keys(file.buses).flatMap((bus) => {
    const count = controlled.filter(({ device }) => device.bus === bus).length
    return count > 4
      ? [
          problem(
            `buses.${bus}`,
            `${count} controlled Modbus dispensers; at most 4 can be stopped in time`,
          ),
        ]
      : []
  })
  return [...slow, ...crowded]
}
