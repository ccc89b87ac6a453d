import { grams } from '@baari/shared/units/mass'
import { millibar } from '@baari/shared/units/pressure'
import { millis, minutes } from '@baari/shared/units/time'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gasState, servicePermille, type GasFacts } from '../../../src/domain/cascade/gas-model.ts'

const kg = (value: number) => grams(value * 1000)
const base: GasFacts = {
  workingPositions: 4,
  meanService: millis(250_800),
  meanFill: kg(8),
  compressorGramsPerHour: kg(850),
  cascade: null,
}
const cascade = {
  pressure: millibar(200_000),
  minimum: millibar(150_000),
  full: millibar(250_000),
  capacity: kg(1_000),
}

describe('the effective rate', () => {
  it('four positions at 4.18 minutes are 57 an hour', () => {
    expect(gasState(base)).toMatchObject({ vehiclesPerHour: 57, limitedBy: 'positions' })
  })

  it('a compressor of 850 kg an hour alone would be 106 cars an hour', () => {
    expect(gasState({ ...base, workingPositions: 20 })).toMatchObject({
      vehiclesPerHour: 106,
      limitedBy: 'gas',
    })
  })

  it('a daughter station with 280 kg an hour serves 35: gas is the limit', () => {
    const daughter = { ...base, compressorGramsPerHour: kg(280) }
    expect(gasState(daughter)).toMatchObject({ vehiclesPerHour: 35, limitedBy: 'gas' })
    // 57.4 positions' worth for 35 served: a service takes 1.640 times as long.
    expect(servicePermille(daughter, gasState(daughter))).toBe(1640)
  })

  it('stored gas above the minimum counts, and 40 per cent of a full store is usable', () => {
    const full = { ...cascade, pressure: millibar(250_000) }
    expect(gasState({ ...base, cascade: full }).gasLeft).toBe(400_000)
    expect(gasState({ ...base, cascade }).gasLeft).toBe(200_000)
  })

  it('X07 below the minimum nothing stored is left, and the queue is told for how long', () => {
    const low = { ...cascade, pressure: millibar(140_000) }
    const state = gasState({ ...base, compressorGramsPerHour: kg(80), cascade: low })
    expect(state).toMatchObject({ gasLeft: 0, vehiclesPerHour: 10, limitedBy: 'gas' })
    // 10 bar of 250 in 1,000 kg are 40 kg: half an hour of the compressor.
    expect(state.refillIn).toBe(minutes(30))
  })

  it('X03 a pressure that cannot be trusted counts as no stored gas', () => {
    const blind = { ...cascade, pressure: null }
    expect(gasState({ ...base, cascade: blind })).toMatchObject({ gasLeft: null, refillIn: 0 })
  })

  it('nobody working or no gas at all is nobody served, and the stretch stays bounded', () => {
    expect(gasState({ ...base, workingPositions: 0 }).vehiclesPerHour).toBe(0)
    const dry = { ...base, compressorGramsPerHour: kg(0) }
    expect(gasState(dry).vehiclesPerHour).toBe(0)
    expect(servicePermille(dry, gasState(dry))).toBeLessThanOrEqual(100_000)
  })

  it('more pressure, more compressor or more positions never serve fewer', () => {
    const amount = fc.integer({ min: 0, max: 2_000 })
    fc.assert(
      fc.property(
        fc.tuple(amount, amount),
        fc.nat(20),
        fc.nat(300_000),
        (made, positions, mbar) => {
          const [one, more] = made
          const at = (extra: number) =>
            gasState({
              ...base,
              workingPositions: positions + extra,
              compressorGramsPerHour: kg(one + extra * more),
              cascade: { ...cascade, pressure: millibar(mbar + extra * 1_000) },
            }).vehiclesPerHour
          expect(at(1)).toBeGreaterThanOrEqual(at(0))
        },
      ),
    )
  })
})
