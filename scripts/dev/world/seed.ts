import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seedDemo } from '@baari/cloud/compose/seed-demo'
import { headFamily, usualFamily } from '@baari/hardware/simulators/head-families'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { place } from '@baari/shared/units/place'
import pg from 'pg'
import { stringify } from 'yaml'
import { simulatedLines } from '../../clients/simulated-lines.ts'
import { writeSimulatedLogin } from '../../clients/simulated-login.ts'
import type { Places } from './places.ts'
import type { WorldSecrets } from './secrets.ts'

export const demoStation = {
  no: 42,
  name: 'Vastrapur CNG',
  address: 'Sardar Patel Ring Road, Ahmedabad',
} as const

/** 89.50 rupees a kilogram. */
export const demoPrice = paisePerKg(8_950)

/** The cloud's first state. Run again it corrects what differs and touches nothing sold. */
export async function seedCloud(databaseUrl: string, secrets: WorldSecrets): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  // An idle connection that breaks is no news here: the next query says so.
  pool.on('error', () => undefined)
  try {
    await seedDemo(pool, demoData(secrets))
  } finally {
    await pool.end()
  }
}

function demoData({ station, attendants, operator }: WorldSecrets): Parameters<typeof seedDemo>[1] {
  return {
    station: {
      ...demoStation,
      id: station.id,
      pricePaisePerKg: demoPrice,
      positions: [['ngv1'], ['ngv1'], ['ngv1'], ['ngv1', 'ngv2']],
      compressorGramsPerHour: grams(850_000),
      place: place(23_033_000, 72_532_000),
    },
    attendants: attendants.map(({ id, name, role, pinHash }) => ({ id, name, role, pinHash })),
    operators: [
      {
        id: operator.id,
        email: operator.email,
        name: operator.name,
        role: 'admin',
        passwordHash: operator.passwordHash,
      },
    ],
  }
}

export type NodeSeed = {
  readonly folder: string
  readonly places: Places
  /** What a scene's station has otherwise than the demo's. */
  readonly station?: StationChanges | undefined
}

export type StationChanges = {
  /** Driver of the simulated heads; the simulators' usual one where nothing is said. */
  readonly driver?: string | undefined
  /** Serial device that takes the place of lane 1's simulated reader. */
  readonly laneReaderPath?: string
  /** How long before its window a vehicle is admitted; 20 min where the file says nothing. */
  readonly earlyGraceMin?: number
  /** Where a tap stands between the node and the simulated station: the ports the node is told. */
  readonly tapped?: Partial<Pick<Places, 'bus' | 'scanners'>>
  /** Four further dispensers on a line of their own; one line carries no more under control. */
  readonly secondLine?: { readonly port: number }
}

/** The node's station file, as commissioning would leave it at a station. */
export function seedNode({ folder, places, station = {} }: NodeSeed): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(
    join(folder, 'station.yaml'),
    stringify(stationFile({ ...places, ...station.tapped }, station)),
  )
  writeSimulatedLogin(folder)
}

const demoPositions = 4

/** One port each for the lines that the heads need. */
function busPorts(driver: string | undefined, { bus }: Places): readonly number[] {
  const { headsPerLine } = headFamily(driver ?? usualFamily)
  return Array.from({ length: Math.ceil(demoPositions / headsPerLine) }, (_, line) => bus + line)
}

function demoLines(places: Places, { driver, secondLine }: StationChanges): object {
  const { buses, dispensers } = simulatedLines({
    driver,
    ports: busPorts(driver, places),
    positions: demoPositions,
    place: (position) => ({
      lane: position <= 2 ? 1 : 2,
      ...(position === 4 ? { profile: 'ngv2' } : {}),
    }),
  })
  if (secondLine === undefined) return { buses, dispensers }
  const second = { kind: 'tcp', host: '127.0.0.1', port: secondLine.port, baud: 19_200 }
  return { buses: { ...buses, second }, dispensers: [...dispensers, ...furtherDispensers] }
}

function stationFile(places: Places, changes: StationChanges): object {
  return {
    station: { id: 'IN-GJ-0042', tz: 'Asia/Kolkata', control: true },
    name: demoStation.name,
    ...demoLines(places, changes),
    scanners: places.scanners.map((port, index) => ({
      id: `s${index + 1}`,
      lane: index + 1,
      driver: 'serial-qr',
      ...(index === 0 && changes.laneReaderPath !== undefined
        ? { match: { path: changes.laneReaderPath } }
        : { tcp: { host: '127.0.0.1', port } }),
    })),
    ...(changes.earlyGraceMin === undefined
      ? {}
      : { rules: { early_grace_min: changes.earlyGraceMin } }),
    kiosk: { px_per_mm: 4.35 },
  }
}

const furtherDispensers = [1, 2, 3, 4].map((address) => ({
  ...{ id: `d${4 + address}`, lane: 2, mode: 'control', driver: 'modbus-meter' },
  ...{ map: 'baari-dispenser', bus: 'second', address },
}))
