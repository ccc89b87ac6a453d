import type { HoseRule } from '../domain/safety/hose-break.ts'
import type { Grams } from '@baari/shared/units/mass'
import type {
  LaneNo,
  NozzleType,
  PositionNo,
  StationNo,
  VehicleClass,
} from '@baari/shared/units/names'
import type { Millibar } from '@baari/shared/units/pressure'
import type { Millis } from '@baari/shared/units/time'

/**
 * What stands at this station and how it is wired: the station file (hardware.md section 11) after
 * parsing. Whoever holds a plan knows that every reference in it resolves, that no two devices
 * share an address and that no float total controls gas.
 */
export type StationPlan = {
  readonly station: {
    readonly no: StationNo
    /** Painted on the gate, such as `IN-GJ-0042`. */
    readonly id: string
    readonly name: string
    readonly zone: 'Asia/Kolkata'
    /** The master switch: false makes every `control` device a polled one. */
    readonly control: boolean
  }
  readonly lanes: readonly LanePlan[]
  readonly buses: readonly BusPlan[]
  readonly controllers: readonly ControllerPlan[]
  readonly dispensers: readonly DispenserPlan[]
  readonly scanners: readonly ScannerPlan[]
  readonly sensors: readonly SensorPlan[]
  readonly displays: readonly LaneDevicePlan[]
  readonly barriers: readonly LaneDevicePlan[]
  readonly printers: readonly OwnLinePlan[]
  readonly safety: SafetyPlan
  readonly fills: {
    readonly presetToleranceGrams: Grams
    /** From the intent on; the device is told the same. */
    readonly authoriseValidMs: Millis
  }
  readonly rules: RulesPlan
  /** Physical size of the kiosk's pixels, so that touch targets keep their millimetres. */
  readonly kiosk: { readonly pxPerMm: number }
}

export type LanePlan = {
  readonly no: LaneNo
  readonly name: string
  /** Advisory for people and binding for the lane rule; empty means every class. */
  readonly accepts: readonly VehicleClass[]
  /** Whether a scan here means "comes in" or "drives off". */
  readonly direction: 'entry' | 'exit'
}

/** What the station's owner may choose of the check-in rules (product.md 7.4 and 7.6). */
export type RulesPlan = {
  readonly earlyGraceMs: Millis
  readonly payAtPump: boolean
  readonly compressorGramsPerHour: Grams
  readonly meanFillGrams: Grams
  readonly matchGroupVehicle: boolean
  /** Lanes for bookings that name none; null means every lane. */
  readonly bookedLanes: readonly LaneNo[] | null
  /** Neighbouring stations whose tokens one shared scanner takes as well. */
  readonly alsoServes: readonly StationNo[]
  readonly fillsPerDay: Readonly<Partial<Record<VehicleClass, number>>>
  readonly coolDownMs: Millis
  readonly smallFillPermille: number
}

/** A serial port is named by identity, never by an index that changes with the next plug (S09). */
export type PortMatch =
  | { readonly kind: 'by-id'; readonly pattern: string }
  | { readonly kind: 'usb'; readonly vid: string; readonly pid?: string; readonly serial?: string }
  | { readonly kind: 'path'; readonly path: string }

export type LineSettings = {
  readonly baud: number
  readonly parity: 'none' | 'even' | 'odd'
  readonly stopBits: 1 | 2
}

export type BusPlan = {
  readonly id: string
  readonly line: LineSettings
  /** The adapter hears its own bytes, which the bus then strips. */
  readonly echo: boolean
  /** What goes over the line is kept in a ring file. */
  readonly record: boolean
  readonly link:
    | { readonly kind: 'serial'; readonly match: PortMatch }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
}

/** A controller that speaks for several dispensers over the network. */
export type ControllerPlan = {
  readonly id: string
  readonly over: 'http' | 'websocket'
  readonly host: string
  readonly port: number
  /** Name under which the node keeps user and password, outside the station file. */
  readonly login: string
  /** PEM of the certificate it is known by; null without TLS. */
  readonly certificate: string | null
}

export const dispenserPresets = ['volume', 'amount'] as const

export type DeviceMode = 'listen' | 'poll' | 'control'

export const totalTypes = ['bcd', 'u32', 'u64', 'double', 'float32'] as const

/** How a nozzle's totaliser is coded; `widthGrams` is where it rolls over to zero. */
export type TotalPlan = {
  readonly type: (typeof totalTypes)[number]
  readonly unitGrams: number
  readonly widthGrams: Grams
}

export type NozzlePlan = {
  /** Number of the nozzle inside its dispenser, from 1. */
  readonly n: number
  readonly position: PositionNo
  readonly profile: NozzleType
  readonly total: TotalPlan
}

export type DispenserPlan = {
  readonly id: string
  readonly lane: LaneNo
  /** Already lowered to `poll` when the station's master switch is off. */
  readonly mode: DeviceMode
  readonly driver: 'modbus-meter' | 'wayne-dart' | 'gilbarco-two-wire' | 'pts2' | 'neogi'
  /** A bus, or the controller the dispenser stands behind. */
  readonly bus: string
  readonly address: number
  readonly nozzles: readonly NozzlePlan[]
  /** Declared time between request and reply, for the schedule and the stop bound. */
  readonly delayMs: Millis
  /** Figures of a driver that ships unverified were compared with the device on the spot. */
  readonly commissioned: boolean
  readonly modbus: ModbusPlan | null
  readonly decimals: {
    readonly mass: number
    readonly amount: number
    readonly price: number
  } | null
  /** How a controller limits a sale; null where the driver knows one way only. */
  readonly preset: (typeof dispenserPresets)[number] | null
}

export type WordOrder = 'ABCD' | 'CDAB' | 'BADC' | 'DCBA'

export type ModbusPlan = {
  readonly map: string
  /** Null: the map's own. */
  readonly order: WordOrder | null
  /** A register of known magnitude, read before anything of this device is believed (M01, M02). */
  readonly check: { readonly register: number; readonly min: number; readonly max: number } | null
}

export type ScannerPlan = LaneDevicePlan & {
  readonly driver: 'serial-qr'
  readonly suffix: 'auto' | 'cr' | 'lf' | 'crlf' | 'etx' | 'none'
  readonly dedupeMs: Millis
}

/** A device that has a line of its own. */
export type OwnLinePlan = {
  readonly id: string
  readonly link:
    | { readonly kind: 'serial'; readonly match: PortMatch; readonly baud: number }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  readonly record: boolean
}

/** A sign or a barrier. */
export type LaneDevicePlan = OwnLinePlan & { readonly lane: LaneNo }

export const sensorUnits = ['mbar', 'pct_lel', 'mkelvin', 'g_per_min', 'ml'] as const
export const tankMeasures = ['metric', 'us'] as const
export type SensorUnit = (typeof sensorUnits)[number]

/** Where a 4–20 mA input hangs; the counts are those at 4 and at 20 mA. */
export type LoopPlan = {
  readonly bus: string
  readonly address: number
  readonly register: number
  readonly fn: 3 | 4
  readonly zeroCount: number
  readonly fullCount: number
}

export type SensorPlan = {
  readonly id: string
  readonly unit: SensorUnit
  readonly staleMs: Millis
  readonly range: { readonly low: number; readonly high: number } | null
  /** Levels in the sensor's own unit at which authorising ends and at which everything stops. */
  readonly trip: { readonly warn: number; readonly stop: number } | null
  readonly source:
    | ({ readonly kind: 'modbus-4-20' } & LoopPlan)
    | { readonly kind: 'mqtt'; readonly topic: string }
    | {
        readonly kind: 'tls350'
        readonly bus: string
        readonly tank: number
        readonly measures: (typeof tankMeasures)[number]
      }
}

export type SafetyPlan = {
  readonly esd:
    | { readonly kind: 'none' }
    | { readonly kind: 'gpio'; readonly line: number; readonly active: 'open' | 'closed' }
    | { readonly kind: 'mqtt'; readonly topic: string; readonly staleMs: Millis }
    | {
        readonly kind: 'modbus'
        readonly bus: string
        readonly address: number
        readonly register: number
        readonly bit: number
        readonly active: 'open' | 'closed'
        readonly staleMs: Millis
      }
  readonly onStale: 'stop' | 'block'
  /** Below this bank pressure nobody is authorised (X07); null when none is measured. */
  readonly bank: {
    readonly sensor: string
    readonly minMbar: Millibar
    readonly fullMbar: Millibar
    readonly capacityGrams: Grams
  } | null
  /** By what a torn hose is known (X06); null where the station file does not say. */
  readonly hose: HoseRule | null
}
