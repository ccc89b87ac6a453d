import { z } from 'zod'
import { vehicleClasses, nozzleTypes } from '@baari/shared/units/names'
import {
  dispenserPresets,
  sensorUnits,
  tankMeasures,
  totalTypes,
} from '../../ports/station-plan.ts'
import { laneDevices } from './lane-device-schema.ts'
import { baud, deviceId, match, small, tcpPort } from './station-file-words.ts'

/**
 * Grammar of the station file, key by key (hardware.md section 11). Unknown keys are refused: a
 * misspelt `adress` must not silently become a default. What several keys say together is checked
 * in `station-rules.ts`.
 */
const line = {
  baud: baud.default(9600),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  stop_bits: z.union([z.literal(1), z.literal(2)]).default(1),
  echo: z.boolean().default(false),
  /** Keeps what goes over the line in a ring file, for `baari hardware replay`. */
  record: z.boolean().default(false),
}

const bus = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serial'), match, ...line }),
  z.strictObject({
    kind: z.literal('tcp'),
    host: z.string().min(1),
    port: tcpPort,
    ...line,
  }),
  /** A Technotrade PTS-2 controller with the dispensers behind it. */
  z.strictObject({
    kind: z.literal('pts2'),
    over: z.enum(['http', 'websocket']).default('http'),
    host: z.string().min(1),
    port: tcpPort.default(80),
    /** Name of an entry in the node's own file of logins: no password stands here. */
    login: deviceId,
    /** PEM: speaks TLS, to the holder of this certificate only. */
    certificate: z.string().max(16_384).includes('-----BEGIN CERTIFICATE-----').optional(),
  }),
])

const total = z.strictObject({
  type: z.enum(totalTypes),
  /** Some meters name the register slot; the map knows where it lies. */
  slot: z.string().optional(),
  digits: z.int().min(4).max(14).optional(),
  unit_g: z.int().min(1).max(10_000).default(1),
})

const nozzle = z.strictObject({
  n: small,
  position: small.optional(),
  profile: z.enum(nozzleTypes).default('ngv1'),
  total: total.optional(),
})

const dispenser = z.strictObject({
  id: deviceId,
  lane: small,
  position: small.optional(),
  mode: z.enum(['listen', 'poll', 'control']).default('poll'),
  driver: z.string(),
  bus: z.string(),
  address: z.int().min(1).max(247),
  delay_ms: z.int().min(0).max(1000).default(6),
  decimals: z
    .strictObject({
      mass: z.int().min(0).max(3),
      amount: z.int().min(0).max(3),
      price: z.int().min(0).max(3),
    })
    .optional(),
  /** Set after the commissioning of a driver or map that ships unverified. */
  commissioned: z.boolean().default(false),
  map: z.string().optional(),
  /** Word order by our own definition; the map's when absent. */
  order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).optional(),
  check: z.strictObject({ reg: z.int().min(0), min: z.number(), max: z.number() }).optional(),
  total: total.optional(),
  profile: z.enum(nozzleTypes).default('ngv1'),
  nozzles: z.array(nozzle).min(1).max(8).optional(),
  /** What a controller limits a sale by. */
  preset: z.enum(dispenserPresets).optional(),
})

const scanner = z.strictObject({
  id: deviceId,
  lane: small,
  driver: z.string(),
  match: match.optional(),
  tcp: z.strictObject({ host: z.string().min(1), port: tcpPort }).optional(),
  baud: baud.default(9600),
  suffix: z.enum(['auto', 'cr', 'lf', 'crlf', 'etx', 'none']).default('auto'),
  dedupe_ms: z.int().min(0).max(60_000).default(3000),
  record: z.boolean().default(false),
})

const sensor = z.strictObject({
  id: deviceId,
  driver: z.string(),
  bus: z.string().optional(),
  address: z.int().min(1).max(247).optional(),
  /** Of a module with several inputs; zero-based. */
  register: z.int().min(0).max(65_535).default(0),
  fn: z.union([z.literal(3), z.literal(4)]).default(4),
  /** What the module counts at 4 and at 20 mA. */
  counts: z.tuple([z.int().min(0).max(65_535), z.int().min(0).max(65_535)]).default([4000, 20_000]),
  topic: z.string().min(1).max(128).optional(),
  /** Number of a tank at its gauge, and the measures the gauge is set to. */
  tank: z.int().min(1).max(16).optional(),
  measures: z.enum(tankMeasures).optional(),
  unit: z.enum(sensorUnits),
  range: z.tuple([z.number(), z.number()]).optional(),
  stale_ms: z.int().min(100).max(600_000),
  trip: z.strictObject({ warn: z.number(), stop: z.number() }).optional(),
})

const esd = z.discriminatedUnion('driver', [
  z.strictObject({ driver: z.literal('none') }),
  z.strictObject({
    driver: z.literal('gpio'),
    line: z.int().min(0).max(511),
    active: z.enum(['open', 'closed']),
  }),
  z.strictObject({
    driver: z.literal('mqtt'),
    topic: z.string().min(1).max(128),
    stale_ms: z.int().min(100).max(60_000),
  }),
  z.strictObject({
    driver: z.literal('modbus'),
    bus: z.string(),
    address: z.int().min(1).max(247),
    register: z.int().min(0).max(65_535).default(0),
    bit: z.int().min(0).max(15).default(0),
    active: z.enum(['open', 'closed']),
    stale_ms: z.int().min(100).max(60_000).default(1000),
  }),
])

const lane = z.strictObject({
  no: small,
  name: z.string().min(1).max(40).optional(),
  accepts: z.array(z.enum(vehicleClasses)).optional(),
  direction: z.enum(['entry', 'exit']).default('entry'),
})

/** A class may be a taxi's or a private car's, which the token does not say: the larger bound. */
const usualFillsPerDay = { auto: 2, car: 2 }

const rules = z.strictObject({
  early_grace_min: z.int().min(0).max(120).default(20),
  pay_at_pump: z.boolean().default(true),
  /** Gas of a window is promised from what the compressor makes. */
  compressor_kg_per_h: z.int().min(0).max(20_000).default(850),
  /** What a vehicle takes on average, by which gas becomes vehicles an hour. */
  mean_fill_g: z.int().min(500).max(200_000).default(8000),
  match_group_vehicle: z.boolean().default(true),
  booked_lanes: z.array(small).min(1).optional(),
  also_serves: z.array(z.int().min(1).max(1_000_000)).default([]),
  fills_per_day: z
    .strictObject({
      auto: small.optional(),
      car: small.optional(),
      lcv: small.optional(),
      bus: small.optional(),
    })
    .default(usualFillsPerDay),
  cool_down_min: z.int().min(0).max(1440).default(120),
  small_fill_permille: z.int().min(0).max(1000).default(800),
})

export const stationFileSchema = z.strictObject({
  station: z.strictObject({
    id: z.string().regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/, 'must look like IN-GJ-0042'),
    no: z.int().min(1).max(1_000_000).optional(),
    name: z.string().min(1).max(80).optional(),
    tz: z.literal('Asia/Kolkata').default('Asia/Kolkata'),
    control: z.boolean().default(false),
  }),
  name: z.string().min(1).max(80).optional(),
  lanes: z.array(lane).min(1).max(64).optional(),
  buses: z.record(deviceId, bus),
  dispensers: z.array(dispenser).min(1).max(64),
  scanners: z.array(scanner).max(64).default([]),
  sensors: z.array(sensor).max(256).default([]),
  ...laneDevices,
  safety: z
    .strictObject({
      esd: esd.default({ driver: 'none' }),
      on_stale: z.enum(['stop', 'block']).default('stop'),
      bank: z
        .strictObject({
          sensor: z.string(),
          min_mbar: z.int().min(0).max(400_000),
          /** Of all banks together when full; 0 counts on no stored gas. */
          capacity_kg: z.int().min(0).max(100_000).default(0),
          full_mbar: z.int().min(1).max(400_000).default(250_000),
        })
        .optional(),
      /** What a torn hose looks like: gas flows faster than into a cylinder, and the bank falls. */
      hose: z
        .strictObject({
          flow_g_per_s: z.int().min(1).max(10_000),
          drop_mbar: z.int().min(100).max(400_000),
          within_ms: z.int().min(500).max(20_000).default(3000),
        })
        .optional(),
    })
    .default({ esd: { driver: 'none' }, on_stale: 'stop' }),
  fills: z
    .strictObject({
      preset_tolerance_g: z.int().min(0).max(5000).default(200),
      /** How long an authorise waits for the nozzle; a serial server may hold it as long. */
      authorise_valid_s: z.int().min(3).max(600).default(120),
    })
    .default({ preset_tolerance_g: 200, authorise_valid_s: 120 }),
  rules: rules.default(() => rules.parse({})),
  kiosk: z
    .strictObject({ px_per_mm: z.number().min(1).max(40).default(4.4) })
    .default({ px_per_mm: 4.4 }),
})

export type RawStationFile = z.output<typeof stationFileSchema>
export type RawDispenser = RawStationFile['dispensers'][number]
export type RawScanner = RawStationFile['scanners'][number]
export type RawSensor = RawStationFile['sensors'][number]
export type RawBus = RawStationFile['buses'][string]
export type RawMatch = z.output<typeof match>
export type RawTotal = z.output<typeof total>
