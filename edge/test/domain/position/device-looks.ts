import { grams } from '@baari/shared/units/mass'
import type { DeviceLook } from '../../../src/domain/position/device-look.ts'
import { opening } from '../fill/fill-examples.ts'

/** A good frame of an idle nozzle at the opening total. */
export function lookOf(over: Partial<DeviceLook> = {}): DeviceLook {
  return {
    state: 'idle',
    quality: 'good',
    nozzleOut: false,
    saleGrams: grams(0),
    totaliserGrams: opening,
    saleSequence: 41,
    bootEpoch: 1,
    raw: null,
    ...over,
  }
}
