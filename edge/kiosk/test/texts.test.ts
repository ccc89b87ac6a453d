import { describe, expect, it } from 'vitest'
import { verdicts } from '@baari/shared/domain/check-in/verdict'
import { refusalCodes } from '@baari/shared/faults/catalogue'
import { en } from '../src/i18n/en.ts'
import { hi } from '../src/i18n/hi.ts'
import { ageOf, clockText, groupedDate, groupedDigits, isoOfTyped } from '../src/parts/texts.ts'

type Tree = { readonly [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as const]
      : leaves(value, `${path}${key}.`),
  )
}

const holes = (text: string): readonly string[] => (text.match(/\{\{\w+\}\}/g) ?? []).toSorted()

describe('words', () => {
  it('every verdict has its sentence in both languages', () => {
    for (const verdict of verdicts) {
      expect(en.verdict[verdict], verdict).toBeTruthy()
      expect(hi.verdict[verdict], verdict).toBeTruthy()
    }
  })

  it('Hindi has exactly the keys of English, and each sentence names the same facts', () => {
    const english = new Map(leaves(en))
    const hindi = new Map(leaves(hi))
    expect([...hindi.keys()]).toEqual([...english.keys()])
    for (const [key, text] of english) expect(holes(hindi.get(key) ?? ''), key).toEqual(holes(text))
  })

  it('every refusal the kiosk knows is a code of the catalogue', () => {
    const local = new Set(['node_unreachable', 'node_error', 'ledger_failed', 'printer_unready'])
    const unknown = Object.keys(en.problem).filter(
      (code) => !local.has(code) && !(code in refusalCodes),
    )
    expect(unknown).toEqual([])
  })

  it('no sentence shouts', () => {
    for (const [key, text] of [...leaves(en), ...leaves(hi)]) expect(text, key).not.toContain('!')
  })
})

describe('what is typed', () => {
  it('code digits stand in groups of four, four and one', () => {
    expect(groupedDigits('482109379')).toBe('4821-0937-9')
    expect(groupedDigits('48210')).toBe('4821-0')
    expect(groupedDigits('')).toBe('')
  })

  it('a typed day is a date only when the calendar has it', () => {
    expect(isoOfTyped('31122028')).toBe('2028-12-31')
    expect(isoOfTyped('31022028')).toBeUndefined()
    expect(isoOfTyped('3112202')).toBeUndefined()
    expect(groupedDate('311220')).toBe('31-12-20')
  })

  it('clock times are IST in whatever zone the browser runs', () => {
    expect(clockText(Date.parse('2026-11-22T18:31:00Z'))).toBe('00:01')
  })

  it('an age is said in its largest whole measure', () => {
    expect(ageOf(59_999)).toEqual({ unit: 's', n: 59 })
    expect(ageOf(3 * 3_600_000)).toEqual({ unit: 'h', n: 3 })
    expect(ageOf(72 * 3_600_000)).toEqual({ unit: 'd', n: 3 })
  })
})
