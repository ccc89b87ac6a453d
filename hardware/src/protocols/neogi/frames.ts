import { assert } from '@baari/shared/faults/assert'
import type { DispenserState } from '../../ports/dispenser.ts'
import type { Decimal } from '../decimal.ts'

/** Two letters and a carriage return (hardware.md section 5.4). */
export const shortCommands = {
  totaliser: 'VT',
  status: 'ST',
  running: 'RV',
  'last-sale': 'LT',
  stop: 'TP',
  cancel: 'CT',
  remote: 'DM',
  local: 'AM',
} as const
export type ShortCommand = keyof typeof shortCommands

export const shortCommandNames = [
  'totaliser',
  'status',
  'running',
  'last-sale',
  'stop',
  'cancel',
  'remote',
  'local',
] as const satisfies readonly ShortCommand[]

export type NeogiCommand =
  | { readonly kind: ShortCommand }
  | {
      readonly kind: 'preset'
      /** Hundredths of the quantity the head shows, kilograms on a CNG head; below 1,000,000. */
      readonly hundredths: number
      /** At most ten capital letters and digits; may be empty. */
      readonly vehicle: string
    }

/** Field order of the last sale is not confirmed from a document, so its fields stay text. */
export type NeogiReply =
  | { readonly kind: 'ok' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'status'; readonly state: DispenserState; readonly code: string }
  | { readonly kind: 'totaliser'; readonly value: Decimal }
  | { readonly kind: 'running'; readonly value: Decimal }
  | { readonly kind: 'last-sale'; readonly fields: readonly string[] }

/** Any other code is a fault and authorises nothing (D14). */
const statusCodes: Readonly<Record<string, DispenserState>> = {
  IDLE: 'idle',
  CALL: 'calling',
  DISP: 'fuelling',
}

export function stateOfCode(code: string): DispenserState {
  return Object.hasOwn(statusCodes, code) ? (statusCodes[code] ?? 'fault') : 'fault'
}

/** A preset the wire can carry; anything else is a bug of the caller. */
export function presetCommand(hundredths: number, vehicle: string): NeogiCommand {
  assert(
    Number.isSafeInteger(hundredths) && hundredths > 0 && hundredths < 1_000_000,
    'a preset is 0.01 to 9999.99',
  )
  assert(/^[A-Z0-9]{0,10}$/.test(vehicle), 'a vehicle is at most ten capital letters and digits')
  return { kind: 'preset', hundredths, vehicle }
}

/**
 * Sum of the characters after the opening # up to and including the closing one, modulo 100. It is
 * blind to two swapped digits and lets one in a hundred random frames pass, so a driver reads a
 * total twice.
 */
export function checkDigits(body: string): string {
  let sum = '#'.charCodeAt(0)
  for (const char of body) sum += char.charCodeAt(0)
  return String(sum % 100).padStart(2, '0')
}
