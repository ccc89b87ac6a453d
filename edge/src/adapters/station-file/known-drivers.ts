import { grams } from '@baari/shared/units/mass'
import type { DispenserPlan, TotalPlan } from '../../ports/station-plan.ts'

/** What talks on a line; two protocols never share one, their parity and gaps differ. */
export type Protocol = 'modbus' | 'dart' | 'gilbarco' | 'pts2' | 'neogi' | 'tls350'

export type MapFacts = {
  /** Registers exist that start and stop gas; a pure meter can only be read. */
  readonly controls: boolean
  /** The map's own totaliser when the file names none. */
  readonly total: TotalPlan | null
}

export type DriverFacts = {
  readonly protocol: Protocol
  readonly lowest: number
  readonly highest: number
  /** Addresses are written as the trade writes them: DART in hexadecimal. */
  readonly hexAddresses: boolean
  readonly maps: Readonly<Record<string, MapFacts>> | null
  /** Highest number of its one nozzle; null where a dispenser may have several. */
  readonly highestNozzle: number | null
  /** One step of the counter on its wire, in decimal digits; null where the file says the coding. */
  readonly countGrams: number | null
  /** A head that sends the digits of its display: the file says where their point is. */
  readonly display: DisplayFacts | null
}

export type DisplayFacts = {
  /** Digits of the totaliser on the wire. */
  readonly totalDigits: number
  /** Another host's line can be listened to. */
  readonly listens: boolean
}

const wholeGramsU64: TotalPlan = {
  type: 'u64',
  unitGrams: 1,
  // docs/protocols/baari-dispenser.md: the counter runs to one less than 10^12 g.
  widthGrams: grams(1_000_000_000_000),
}

/** Dispenser drivers by name, with what the station file must know of them (hardware.md section 5). */
export const dispenserDrivers: Readonly<Record<DispenserPlan['driver'], DriverFacts>> = {
  'modbus-meter': {
    protocol: 'modbus',
    lowest: 1,
    highest: 247,
    hexAddresses: false,
    maps: {
      'baari-dispenser': { controls: true, total: wholeGramsU64 },
      'micromotion-mvd': { controls: false, total: null },
      'eh-promass': { controls: false, total: null },
    },
    highestNozzle: null,
    countGrams: null,
    display: null,
  },
  'wayne-dart': {
    protocol: 'dart',
    lowest: 0x50,
    highest: 0x6f,
    hexAddresses: true,
    maps: null,
    highestNozzle: null,
    countGrams: null,
    display: { totalDigits: 10, listens: true },
  },
  'gilbarco-two-wire': {
    protocol: 'gilbarco',
    lowest: 1,
    highest: 15,
    hexAddresses: false,
    maps: null,
    highestNozzle: null,
    countGrams: null,
    display: { totalDigits: 8, listens: false },
  },
  pts2: {
    protocol: 'pts2',
    lowest: 1,
    highest: 120,
    hexAddresses: false,
    maps: null,
    highestNozzle: 6,
    countGrams: null,
    display: null,
  },
  neogi: {
    protocol: 'neogi',
    lowest: 1,
    highest: 1,
    hexAddresses: false,
    maps: null,
    highestNozzle: 255,
    // The head shows hundredths of a kilogram.
    countGrams: 10,
    display: null,
  },
}

export function dispenserDriver(name: string): DriverFacts | undefined {
  return Object.hasOwn(dispenserDrivers, name)
    ? dispenserDrivers[name as DispenserPlan['driver']]
    : undefined
}

export const scannerDrivers: readonly string[] = ['serial-qr']
export const sensorDrivers: readonly string[] = ['modbus-4-20', 'mqtt', 'tls350']
export const displayDrivers: readonly string[] = ['baari-display']
export const barrierDrivers: readonly string[] = ['baari-barrier']
export const printerDrivers: readonly string[] = ['escpos']
