import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { CommandId } from '@baari/shared/units/names'
import type { Mono } from '@baari/shared/units/time'
import type { SelfTestReport, Unsubscribe } from '../ports/device.ts'
import type { Ack, DeviceSale, NozzleNo, SaleEvent, Totals } from '../ports/dispenser.ts'
import type { LiveFrame } from './live-frame.ts'

/** What a protocol is asked to carry out; the fields are there when the kind needs them. */
export type WireCommand = {
  readonly kind: 'authorise' | 'stop' | 'suspend' | 'resume' | 'close' | 'price'
  readonly cmdId: CommandId
  readonly nozzle: NozzleNo
  readonly limitGrams?: Grams
  readonly pricePaisePerKg?: PaisePerKg
  readonly expiresAtMono?: Mono
}

export type NewSale = Pick<SaleEvent, 'sale' | 'missedSales'>

/**
 * One nozzle as a protocol speaks of it: what is left of a dispenser when polling, trust, events and
 * the memory of commands are taken away (`polled-dispenser.ts`). The bounds are those of the port.
 */
export type DispenserWire = {
  readonly nozzle: NozzleNo
  /** Reads state and counters once. `active`: a vehicle is being filled; at most `retries` more tries. */
  look(options: {
    readonly active: boolean
    readonly retries: number
  }): Promise<Result<LiveFrame, Fault>>
  /**
   * The sale that a believed frame shows to be completed since the frame before; null when there is
   * none. The first frame after the start completes nothing. A sale that could not be read now is
   * answered for a later frame.
   */
  newSale(frame: LiveFrame): Promise<NewSale | null>
  totals(): Promise<Result<Totals, Fault>>
  lastSale(): Promise<Result<DeviceSale | null, Fault>>
  /** Null when nothing of this device can be commanded. */
  readonly send: ((command: WireCommand) => Promise<Result<Ack, Fault>>) | null
  selfTest(): Promise<SelfTestReport>
  /** Why the device is not fit to sell by; null when it is. */
  unfit(): Fault | null
  /** Told each time the line is open again. */
  onLineOpen(call: () => void): Unsubscribe
  /** The device is not asked before this; null when it is not backed off. */
  backOffUntil(): Mono | null
}
