import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { CommandId, FillId } from '@baari/shared/units/names'
import type { Mono } from '@baari/shared/units/time'
import type { SaleFact } from '../domain/fill/fill-states.ts'
import type { DeviceLook } from '../domain/position/device-look.ts'

export type AuthoriseOrder = {
  readonly command: CommandId
  readonly fill: FillId
  readonly limitGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
  /** Nothing is sent after this moment, and the device forgets an unused authorisation. */
  readonly expiresAtMono: Mono
}

/**
 * One nozzle as the station's rules see it. Promises: `look` answers from memory at once; `stop`
 * overtakes everything else on the line and is idempotent in any state, at most 1 s; the others
 * take at most 2 s; a repeated command id sends nothing; nothing rejects. `unanswered` is a fault
 * of the line after which the outcome of a command is unknown.
 */
export type NozzleDevice = {
  readonly id: string
  look(): DeviceLook
  /** Why gas must never flow through it as it is configured; null when it may be authorised. */
  unfit(): Fault | null
  /** Asks the line for a frame as soon as it is free; `onLook` follows when it changed something. */
  refresh(): void
  /** The totaliser, read twice and agreeing, with the device's own text of it. */
  totals(): Promise<Result<{ readonly grams: Grams; readonly raw: string }, Fault>>
  /** The last sale in the device's own log; null for a device without one. */
  lastSale(): Promise<Result<SaleFact | null, Fault>>
  authorise(order: AuthoriseOrder): Promise<'acknowledged' | 'rejected' | 'unanswered'>
  stop(command: CommandId): Promise<Result<void, Fault>>
  /** Releases a completed sale; harmless in every other state. */
  close(command: CommandId): Promise<Result<void, Fault>>
  /** Called after every frame that changed something, the trust in it included, on the control thread. */
  onLook(call: () => void): () => void
  onFault(call: (fault: Fault) => void): () => void
}
