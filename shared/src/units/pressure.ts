import { assert } from '../faults/assert.ts'
import type { Brand } from './brand.ts'

/** Pressure in whole millibar; 200 bar settled at 15 degrees C is 200,000. */
export type Millibar = Brand<number, 'Millibar'>

export function millibar(value: number): Millibar {
  assert(Number.isSafeInteger(value), 'millibar must be a safe integer')
  return value as Millibar
}
