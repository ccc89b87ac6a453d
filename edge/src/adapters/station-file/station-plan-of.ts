import { present } from '@baari/shared/faults/assert'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { laneNo, positionNo, stationNo } from '@baari/shared/units/names'
import { millibar } from '@baari/shared/units/pressure'
import { millis, minutes, seconds } from '@baari/shared/units/time'
import type {
  BusPlan,
  ControllerPlan,
  DispenserPlan,
  LaneDevicePlan,
  LanePlan,
  NozzlePlan,
  OwnLinePlan,
  PortMatch,
  RulesPlan,
  SafetyPlan,
  ScannerPlan,
  SensorPlan,
  StationPlan,
  TotalPlan,
} from '../../ports/station-plan.ts'
import { dispenserDriver } from './known-drivers.ts'
import type {
  RawBus,
  RawDispenser,
  RawMatch,
  RawScanner,
  RawSensor,
  RawStationFile,
  RawTotal,
} from './station-file-schema.ts'
import type { StationFileProblem } from './station-file-problem.ts'

/** Turns a checked file into the plan; the one thing left that can fail is the station's number. */
export function planOf(
  file: RawStationFile,
): Result<StationPlan, readonly [StationFileProblem, ...StationFileProblem[]]> {
  const no = file.station.no ?? Number(/(\d+)$/.exec(file.station.id)?.[1] ?? 0)
  if (no < 1 || no > 1_000_000)
    return err([{ path: 'station.no', reason: 'is missing and the id ends in no number' }])
  return ok({
    station: {
      no: stationNo(no),
      id: file.station.id,
      name: file.station.name ?? file.name ?? file.station.id,
      zone: file.station.tz,
      control: file.station.control,
    },
    lanes: lanePlans(file),
    buses: Object.entries(file.buses).flatMap(([id, bus]) =>
      bus.kind === 'pts2' ? [] : [busPlan(id, bus)],
    ),
    controllers: Object.entries(file.buses).flatMap(([id, bus]) =>
      bus.kind === 'pts2' ? [controllerPlan(id, bus)] : [],
    ),
    dispensers: file.dispensers.map((device, index) =>
      dispenserPlan(device, index, file.station.control),
    ),
    scanners: file.scanners.map(scannerPlan),
    sensors: file.sensors.map(sensorPlan),
    displays: file.displays.map(laneDevicePlan),
    barriers: file.barriers.map(laneDevicePlan),
    printers: file.printers.map(ownLinePlan),
    safety: safetyPlan(file.safety),
    fills: {
      presetToleranceGrams: grams(file.fills.preset_tolerance_g),
      authoriseValidMs: seconds(file.fills.authorise_valid_s),
    },
    rules: rulesPlan(file.rules),
    kiosk: { pxPerMm: file.kiosk.px_per_mm },
  })
}

/** Without a list, the lanes are those that the devices name. */
function lanePlans(file: RawStationFile): readonly LanePlan[] {
  if (file.lanes)
    return file.lanes.map((lane) => ({
      no: laneNo(lane.no),
      name: lane.name ?? `Lane ${lane.no}`,
      accepts: lane.accepts ?? [],
      direction: lane.direction,
    }))
  const named = new Set([...file.dispensers, ...file.scanners].map((device) => device.lane))
  return [...named]
    .sort((a, b) => a - b)
    .map((no) => ({ no: laneNo(no), name: `Lane ${no}`, accepts: [], direction: 'entry' }))
}

function controllerPlan(
  id: string,
  { over, host, port, login, certificate }: Extract<RawBus, { kind: 'pts2' }>,
): ControllerPlan {
  return { id, over, host, port, login, certificate: certificate ?? null }
}

function busPlan(id: string, bus: Exclude<RawBus, { kind: 'pts2' }>): BusPlan {
  return {
    id,
    line: { baud: bus.baud, parity: bus.parity, stopBits: bus.stop_bits },
    echo: bus.echo,
    record: bus.record,
    link:
      bus.kind === 'serial'
        ? { kind: 'serial', match: portMatch(bus.match) }
        : { kind: 'tcp', host: bus.host, port: bus.port },
  }
}

function portMatch(match: RawMatch): PortMatch {
  if ('by_id' in match) return { kind: 'by-id', pattern: match.by_id }
  if ('path' in match) return { kind: 'path', path: match.path }
  return {
    kind: 'usb',
    vid: match.vid.toLowerCase(),
    ...(match.pid === undefined ? {} : { pid: match.pid.toLowerCase() }),
    ...(match.serial === undefined ? {} : { serial: match.serial }),
  }
}

function dispenserPlan(device: RawDispenser, index: number, control: boolean): DispenserPlan {
  return {
    id: device.id,
    lane: laneNo(device.lane),
    mode: device.mode === 'control' && !control ? 'poll' : device.mode,
    driver: device.driver as DispenserPlan['driver'],
    bus: device.bus,
    address: device.address,
    nozzles: nozzlePlans(device, index),
    delayMs: millis(device.delay_ms),
    commissioned: device.commissioned,
    modbus:
      device.map === undefined
        ? null
        : {
            map: device.map,
            order: device.order ?? null,
            check: device.check
              ? { register: device.check.reg, min: device.check.min, max: device.check.max }
              : null,
          },
    decimals: device.decimals ?? null,
    preset: device.preset ?? null,
  }
}

function nozzlePlans(device: RawDispenser, index: number): readonly NozzlePlan[] {
  const own = device.position ?? index + 1
  const facts = dispenserDriver(device.driver)?.maps?.[device.map ?? '']
  const fallback = facts?.total ?? null
  const listed = device.nozzles ?? [{ n: 1, profile: device.profile }]
  return listed.map((nozzle) => ({
    n: nozzle.n,
    position: positionNo(('position' in nozzle ? nozzle.position : undefined) ?? own),
    profile: nozzle.profile,
    total: totalPlan(('total' in nozzle ? nozzle.total : undefined) ?? device.total, fallback),
  }))
}

function totalPlan(total: RawTotal | undefined, fallback: TotalPlan | null): TotalPlan {
  if (!total) return present(fallback, 'total, which the rules asked for,')
  const steps = {
    bcd: 10 ** (total.digits ?? 0),
    u32: 2 ** 32,
    u64: 2 ** 53,
    double: 2 ** 53,
    float32: 2 ** 24,
  }
  return {
    type: total.type,
    unitGrams: total.unit_g,
    widthGrams: grams(Math.min(steps[total.type] * total.unit_g, Number.MAX_SAFE_INTEGER)),
  }
}

type RawOwnLine = RawStationFile['printers'][number]
type RawLaneDevice = RawStationFile['displays'][number]

function ownLinePlan(
  device: Pick<RawOwnLine, 'id' | 'tcp' | 'match' | 'baud' | 'record'>,
): OwnLinePlan {
  return {
    id: device.id,
    link: device.tcp
      ? { kind: 'tcp', ...device.tcp }
      : {
          kind: 'serial',
          match: portMatch(present(device.match, 'match, which the rules asked for,')),
          baud: device.baud,
        },
    record: device.record,
  }
}

function laneDevicePlan(device: RawLaneDevice): LaneDevicePlan {
  return { ...ownLinePlan(device), lane: laneNo(device.lane) }
}

function scannerPlan(scanner: RawScanner): ScannerPlan {
  return {
    ...laneDevicePlan(scanner),
    driver: 'serial-qr',
    suffix: scanner.suffix,
    dedupeMs: millis(scanner.dedupe_ms),
  }
}

function sensorPlan(sensor: RawSensor): SensorPlan {
  return {
    id: sensor.id,
    unit: sensor.unit,
    staleMs: millis(sensor.stale_ms),
    range: sensor.range ? { low: sensor.range[0], high: sensor.range[1] } : null,
    trip: sensor.trip ?? null,
    source: sensorSource(sensor),
  }
}

function sensorSource(sensor: RawSensor): SensorPlan['source'] {
  switch (sensor.driver) {
    case 'mqtt':
      return { kind: 'mqtt', topic: present(sensor.topic, 'topic') }
    case 'tls350':
      return {
        kind: 'tls350',
        bus: present(sensor.bus, 'bus'),
        tank: present(sensor.tank, 'tank'),
        measures: present(sensor.measures, 'measures'),
      }
    default:
      return {
        kind: 'modbus-4-20',
        bus: present(sensor.bus, 'bus'),
        address: present(sensor.address, 'address'),
        register: sensor.register,
        fn: sensor.fn,
        zeroCount: sensor.counts[0],
        fullCount: sensor.counts[1],
      }
  }
}

function safetyPlan(safety: RawStationFile['safety']): SafetyPlan {
  return {
    esd: esdPlan(safety.esd),
    onStale: safety.on_stale,
    bank: safety.bank
      ? {
          sensor: safety.bank.sensor,
          minMbar: millibar(safety.bank.min_mbar),
          fullMbar: millibar(safety.bank.full_mbar),
          capacityGrams: grams(safety.bank.capacity_kg * 1_000),
        }
      : null,
    hose: safety.hose
      ? {
          flowGramsPerS: safety.hose.flow_g_per_s,
          dropMbar: millibar(safety.hose.drop_mbar),
          within: millis(safety.hose.within_ms),
        }
      : null,
  }
}

function esdPlan(esd: RawStationFile['safety']['esd']): SafetyPlan['esd'] {
  switch (esd.driver) {
    case 'none':
      return { kind: 'none' }
    case 'gpio':
      return { kind: 'gpio', line: esd.line, active: esd.active }
    case 'mqtt':
      return { kind: 'mqtt', topic: esd.topic, staleMs: millis(esd.stale_ms) }
    case 'modbus': {
      const { bus, address, register, bit, active } = esd
      return { kind: 'modbus', bus, address, register, bit, active, staleMs: millis(esd.stale_ms) }
    }
  }
}

function rulesPlan(rules: RawStationFile['rules']): RulesPlan {
  const { auto, car, lcv, bus } = rules.fills_per_day
  return {
    earlyGraceMs: minutes(rules.early_grace_min),
    payAtPump: rules.pay_at_pump,
    compressorGramsPerHour: grams(rules.compressor_kg_per_h * 1_000),
    meanFillGrams: grams(rules.mean_fill_g),
    matchGroupVehicle: rules.match_group_vehicle,
    bookedLanes: rules.booked_lanes?.map(laneNo) ?? null,
    alsoServes: rules.also_serves.map(stationNo),
    fillsPerDay: {
      ...(auto === undefined ? {} : { auto }),
      ...(car === undefined ? {} : { car }),
      ...(lcv === undefined ? {} : { lcv }),
      ...(bus === undefined ? {} : { bus }),
    },
    coolDownMs: minutes(rules.cool_down_min),
    smallFillPermille: rules.small_fill_permille,
  }
}
