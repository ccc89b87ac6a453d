import type { MessageCode, RefusalCode } from './catalogue.ts'
import type { FaultCode } from './fault-codes.ts'

/** A rule says no. The code is stable and the screens translate it. */
export type Refusal = {
  readonly kind: 'refusal'
  readonly code: RefusalCode
  /** Plain facts the text of the code names, such as a lane or a time. */
  readonly facts: Readonly<Record<string, string | number>>
}

/** The outside world failed: a device, a disk, a link. */
export type Fault = {
  readonly kind: 'fault'
  readonly code: FaultCode
  readonly device: string
  /** Stays raised until a person resets it. */
  readonly latching: boolean
  readonly retrySafe: boolean
  readonly hint: string
}

/** A peer broke the contract. Counted at the boundary and never passed inward. */
export type BadMessage = {
  readonly kind: 'bad-message'
  readonly code: MessageCode
  readonly detail: string
}

export function refusal(code: RefusalCode, facts: Refusal['facts'] = {}): Refusal {
  return { kind: 'refusal', code, facts }
}

export function badMessage(code: MessageCode, detail: string): BadMessage {
  return { kind: 'bad-message', code, detail }
}
