import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalisePlate } from '../../../src/domain/plate/plate.ts'

const accepted: readonly (readonly [string, string])[] = [
  ['MH 12 AB 1234', 'MH12AB1234'],
  ['mh12ab1234', 'MH12AB1234'],
  ['MH-1-AB-12', 'MH01AB0012'],
  ['IND MH 43 A 7', 'MH43A0007'],
  ['GJ 01 1234', 'GJ011234'],
  ['DL 1C AA 1234', 'DL01CAA1234'],
  ['DL 10 CAA 1234', 'DL10CAA1234'],
  ['TS.09.EA.0001', 'TS09EA0001'],
  ['MH१२ AB १२३४', 'MH12AB1234'],
  ['GJ૦૧ AB ૧૨૩૪', 'GJ01AB1234'],
  ['TN௦௧ AB ௧௨௩௪', 'TN01AB1234'],
  ['22 BH 1234 AA', '22BH1234AA'],
  ['23bh0001a', '23BH0001A'],
  ['MHX 1234', 'MHX1234'],
  ['DLY 77', 'DLY0077'],
  ['T0325MH1234AB', 'T0325MH1234AB'],
  ['77 CD 14', '77CD14'],
]

const refused: readonly string[] = [
  '',
  'MH',
  '1234',
  'XX 12 AB 1234',
  'MH 12 AB 0000',
  'MH 00 AB 1234',
  'MH 123 AB 1234',
  'MH 12 ABCD 1234',
  'MH 12 AB 12345',
  '20 BH 1234 AA',
  '22 BH 123 AA',
  '22 BH 1234 IO',
  '22 BH 0000 AA',
  'T1325MH1234AB',
  '0 CD 14',
  'MH12AB1234; DROP TABLE',
  'MH 12 AB 1234 '.repeat(4),
]

describe('plate', () => {
  it.each(accepted)('%s is %s', (text, plate) => {
    expect(normalisePlate(text)).toEqual({ ok: true, value: plate })
  })

  it.each(refused)('%j is refused', (text) => {
    const result = normalisePlate(text)
    expect(!result.ok && result.error.code).toBe('plate_invalid')
  })

  it('a normalised plate is its own normal form', () => {
    for (const [, plate] of accepted) {
      expect(normalisePlate(plate)).toEqual({ ok: true, value: plate })
    }
  })

  it('separators and capitals between the parts never matter', () => {
    const gap = fc.constantFrom('', ' ', '-', '.', '\u00a0', ' - ')
    fc.assert(
      fc.property(fc.tuple(gap, gap, gap), fc.boolean(), ([a, b, c], lower) => {
        const text = `MH${a}04${b}KL${c}0921`
        expect(normalisePlate(lower ? text.toLowerCase() : text)).toEqual({
          ok: true,
          value: 'MH04KL0921',
        })
      }),
    )
  })

  it('any text ends in a plate of plain capitals and digits or in a refusal', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const plate = normalisePlate(text)
        if (plate.ok) expect(plate.value).toMatch(/^[A-Z0-9]{5,13}$/)
      }),
    )
  })
})
