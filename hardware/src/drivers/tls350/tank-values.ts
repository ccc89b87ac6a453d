import type { SensorLimits } from '../../ports/sensor.ts'
import {
  inventoryNames,
  inventoryReadings,
  type InventoryName,
  type TankInventory,
} from '../../protocols/tls350/frames.ts'
import type { TlsMeasures } from './manifest.ts'

type Kind = 'volume' | 'length' | 'temperature'

const kinds: Readonly<Record<InventoryName, Kind>> = {
  volume: 'volume',
  compensatedVolume: 'volume',
  ullage: 'volume',
  height: 'length',
  water: 'length',
  temperature: 'temperature',
  waterVolume: 'volume',
}

const units = { volume: 'Millilitres', length: 'Micrometres', temperature: 'Millikelvin' } as const

/** A tank of 200 m³, 10 m high, between -60 and 100 °C: what lies outside is no reading. */
const ranges: Readonly<Record<Kind, SensorLimits>> = {
  volume: { low: 0, high: 200_000_000 },
  length: { low: 0, high: 10_000_000 },
  temperature: { low: 213_150, high: 373_150 },
}

/** Litres, millimetres and °C, or US gallons, inches and °F. */
const toWhole: Readonly<Record<TlsMeasures, Readonly<Record<Kind, (value: number) => number>>>> = {
  metric: {
    volume: (litres) => litres * 1_000,
    length: (millimetres) => millimetres * 1_000,
    temperature: (celsius) => (celsius + 273.15) * 1_000,
  },
  us: {
    volume: (gallons) => gallons * 3_785.411784,
    length: (inches) => inches * 25_400,
    temperature: (fahrenheit) => ((fahrenheit + 459.67) * 5_000) / 9,
  },
}

/** Third bit from the right: the probe shows a height that cannot be (576-013-635, function 201). */
const invalidHeight = 0x0004

export type TankValue = {
  readonly name: string
  /** Null for what is no reading: NaN, out of range, or distrusted by the gauge itself (M03). */
  readonly value: number | null
}

/** Names of a tank's values, in the order of the gauge. */
export const tankValueNames: readonly string[] = inventoryNames.map(nameOf)

export function tankLimits(): Readonly<Record<string, SensorLimits>> {
  return Object.fromEntries(inventoryNames.map((name) => [nameOf(name), ranges[kinds[name]]]))
}

/** The values in whole units of ours. They are levels of a tank and never settled. */
export function tankValues(tank: TankInventory, measures: TlsMeasures): readonly TankValue[] {
  const distrusted = (Number.parseInt(tank.statusBits, 16) & invalidHeight) !== 0
  const read = inventoryReadings(tank)
  return inventoryNames.map((name) => {
    const value = read[name]
    const usable = value !== null && !distrusted
    return { name: nameOf(name), value: usable ? wholeOf(name, value, measures) : null }
  })
}

function wholeOf(name: InventoryName, value: number, measures: TlsMeasures): number | null {
  const kind = kinds[name]
  const whole = Math.round(toWhole[measures][kind](value))
  const { low, high } = ranges[kind]
  return whole >= low && whole <= high ? whole : null
}

function nameOf(name: InventoryName): string {
  return `${name}${units[kinds[name]]}`
}
