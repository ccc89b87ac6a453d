import type { Brand } from '@baari/shared/units/brand'
import { assert } from '@baari/shared/faults/assert'
import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { CommandId, FillId } from '@baari/shared/units/names'
import type { Instant, Mono } from '@baari/shared/units/time'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

/** Number of a nozzle on its dispenser, from 1. */
export type NozzleNo = Brand<number, 'NozzleNo'>

export function nozzleNo(value: number): NozzleNo {
  assert(Number.isSafeInteger(value) && value > 0 && value < 256, 'a nozzle number is 1 to 255')
  return value as NozzleNo
}

/** The neutral states (IFSF's model, reduced; hardware.md section 3). */
export const dispenserStates = [
  'inoperative',
  'closed',
  'idle',
  'calling',
  'authorised',
  'started',
  'fuelling',
  'suspended',
  'completed',
  'fault',
] as const
export type DispenserState = (typeof dispenserStates)[number]

/** One look at a nozzle; all its fields come from the same frame. */
export type DispenserStatus = {
  readonly nozzle: NozzleNo
  readonly state: DispenserState
  /** The nozzle is out of its holder; null when the device does not say. */
  readonly nozzleOut: boolean | null
  /** Mass of the running or just completed sale on the device's own display. */
  readonly saleGrams: Grams
  /** The ever-growing counter in the same frame; null when it has to be asked for with `totals`. */
  readonly totaliserGrams: Grams | null
  /** Sequence of the last completed sale; null for a meter without a sale log. */
  readonly saleSequence: number | null
  /** Grows with every power cycle of the device; null when the device does not count them. */
  readonly bootEpoch: number | null
}

/** The witness. `raw` is the device's own text or hex, stored and never edited. */
export type Totals = {
  readonly grams: Grams
  /** The counter runs from 0 to `widthGrams` - 1 and then starts again (D01). */
  readonly widthGrams: Grams
  readonly raw: string
}

/** A sale as the device recorded it. Its identity is device, boot epoch, sequence and opening. */
export type DeviceSale = {
  readonly device: string
  readonly nozzle: NozzleNo
  readonly bootEpoch: number
  readonly sequence: number
  readonly grams: Grams
  readonly openingTotalGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
  readonly raw: string
}

export type DispenserCommand = { readonly cmdId: CommandId; readonly nozzle: NozzleNo }

export type AuthoriseCommand = DispenserCommand & {
  readonly fillId: FillId
  /** The device ends the sale by itself at this mass. */
  readonly limitGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
  /** After this moment nothing is sent any more, and the device forgets an unused authorisation. */
  readonly expiresAtMono: Mono
}

export type PriceCommand = DispenserCommand & { readonly pricePaisePerKg: PaisePerKg }

/** The device confirmed the command under this id. */
export type Ack = { readonly cmdId: CommandId; readonly ackedMono: Mono }

export type StateEvent = {
  readonly status: DispenserStatus
  /** State before; null for the first frame after start. */
  readonly from: DispenserState | null
  readonly at: Instant
  readonly mono: Mono
  readonly raw: string
}

export type FlowEvent = {
  readonly nozzle: NozzleNo
  readonly saleGrams: Grams
  readonly totaliserGrams: Grams | null
  readonly at: Instant
  readonly mono: Mono
}

export type SaleEvent = {
  readonly sale: DeviceSale
  /** Sales the device completed since the last one we saw and which its log no longer holds. */
  readonly missedSales: number
  readonly at: Instant
  readonly mono: Mono
}

/**
 * Order per nozzle: `state`, then `flow`, then `sale` of one frame. `state` also comes when only the
 * trust in the status changed, because a decision may be waiting for a frame it can trust. `sale` comes once per (boot
 * epoch, sequence) and only for sales completed after `start`; recovery asks `lastSale`. `fault`
 * comes once when raised. Callbacks run on the control thread and must not wait.
 */
export type DispenserEvents = {
  readonly state: StateEvent
  readonly flow: FlowEvent
  readonly sale: SaleEvent
  readonly fault: RaisedFault
}

/**
 * A dispenser, whatever protocol it speaks.
 *
 * Commands: a `cmdId` that was answered is answered again from memory and sends nothing (D08).
 * After a fault of the line the outcome is unknown; the same `cmdId` may be repeated, the driver
 * then asks the device first. A `stop` overtakes every other command and every retry, and a
 * command that was waiting for the same dispenser then fails with `bus_preempted`.
 * Outside mode `control` every command fails with `dispenser_refused` and sends nothing.
 */
export type Dispenser = Device & {
  readonly nozzles: readonly NozzleNo[]

  /** From memory, at once. `stale` after 2 s or three missed polls, whichever is first. */
  status(nozzle: NozzleNo): Reading<DispenserStatus>

  /**
   * Why gas must never flow through it as it is configured: its mode, figures that nobody compared
   * with the device. Null when it may be authorised; `authorise` fails with the same fault.
   */
  unfit(): Fault | null

  /**
   * Asks for the next frame as soon as the line is free; its events tell what it said. For somebody
   * who waits for a status that can be trusted. Does nothing while a frame is already asked for.
   */
  refresh(nozzle: NozzleNo): void

  /**
   * Reads the totaliser twice; the readings must agree, or ascend within the meter's maximum flow.
   * Idempotent. Faults: `bus_*`, `modbus_*`, `bad_reading`. At most 2 s.
   */
  totals(nozzle: NozzleNo): Promise<Result<Totals, Fault>>

  /**
   * Lets one sale start, up to the limit. Acknowledged only when the device confirmed this very
   * command. Faults: `dispenser_refused` (nothing was started, and sending it again is useless),
   * `dispenser_unknown_state`, `bus_*` (outcome unknown). At most 2 s.
   */
  authorise(command: AuthoriseCommand): Promise<Result<Ack, Fault>>

  /** Ends flow or an unused authorisation. Idempotent at any state. Judged by the state read back. At most 1 s. */
  stop(command: DispenserCommand): Promise<Result<Ack, Fault>>

  /** Holds flow; the sale stays open. At most 2 s. */
  suspend(command: DispenserCommand): Promise<Result<Ack, Fault>>

  /** Continues a suspended sale: a deliberate act of an attendant, never automatic (section 10.4). At most 2 s. */
  resume(command: DispenserCommand): Promise<Result<Ack, Fault>>

  /** The price of the next sale; an open sale keeps the old one (D11). At most 2 s. */
  setPrice(command: PriceCommand): Promise<Result<Ack, Fault>>

  /** The last completed sale in the device's own log; null when it has none. Idempotent. At most 2 s. */
  lastSale(nozzle: NozzleNo): Promise<Result<DeviceSale | null, Fault>>

  /** Releases a completed sale: completed becomes idle. Idempotent. At most 2 s. */
  close(command: DispenserCommand): Promise<Result<Ack, Fault>>

  on<K extends keyof DispenserEvents>(
    event: K,
    call: (event: DispenserEvents[K]) => void,
  ): Unsubscribe
}
