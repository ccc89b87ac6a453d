import type { Brand } from '@baari/shared/units/brand'
import { assert } from '@baari/shared/faults/assert'
import type { PositionNo } from '@baari/shared/units/names'

/** Number of a nozzle on its dispenser, from 1, as the station file names it. */
export type NozzleNo = Brand<number, 'EdgeNozzleNo'>

export function nozzleNo(value: number): NozzleNo {
  assert(
    Number.isSafeInteger(value) && value > 0 && value < 256,
    'a nozzle number is a whole number from 1 to 255',
  )
  return value as NozzleNo
}

/** One hose end of the station: what sells, and what the books are kept by. */
export type NozzleKey = { readonly position: PositionNo; readonly nozzle: NozzleNo }

export function nozzleText(key: NozzleKey): string {
  return `${key.position}.${key.nozzle}`
}
