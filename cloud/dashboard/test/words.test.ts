import { describe, expect, it } from 'vitest'
import type { StationLink } from '@baari/shared/contracts/http/sync-api'
import { pairedFacts } from '../src/parts/paired-facts.ts'
import { agoText, linkMark, proofMark, sameFigures } from '../src/parts/texts.ts'
import { en } from '../src/words/en.ts'
import { hi } from '../src/words/hi.ts'
import { fill } from '../src/words/language.ts'

type Tree = { readonly [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as const]
      : leaves(value, `${path}${key}.`),
  )
}

const holes = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

describe('words of the operators’ page', () => {
  it('Hindi has exactly the keys of English, and each sentence names the same facts', () => {
    const hindi = new Map(leaves(hi))
    expect([...hindi.keys()]).toEqual(leaves(en).map(([key]) => key))
    for (const [key, text] of leaves(en))
      expect(holes(hindi.get(key) ?? ''), key).toEqual(holes(text))
  })

  it('an age is told in its largest whole measure', () => {
    expect(agoText(en, 59_999)).toBe('59 s ago')
    expect(agoText(en, 3_600_000)).toBe('1 h ago')
    expect(agoText(en, 200_000_000)).toBe('2 days ago')
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}')
  })
})

const link: StationLink = {
  ...{ station: 1, name: 'A', epoch: 'ab', heads: [], lastProof: null, lastDay: null },
  ...{ heardAtMs: 1_000_000, unsentOps: 0, oldestUnsentMs: null, lastShift: null },
  ...{ openConflicts: 0, openDeadLetters: 0 },
}

describe('facts side by side', () => {
  it('what both name stands first, and what they say differently is marked', () => {
    const told = { grams: '3100', amountPaise: '29225', recovered: 'false' }
    const held = { recv_at_ms: '1', grams: '3100', amount_paise: '28325' }
    expect(pairedFacts(told, held)).toEqual([
      { name: 'grams', told: '3100', held: '3100', differs: false },
      { name: 'amount_paise', told: '29225', held: '28325', differs: true },
      { name: 'recovered', told: 'false', held: null, differs: false },
      { name: 'recv_at_ms', told: null, held: '1', differs: false },
    ])
  })

  it('nothing is said of what neither side has', () => {
    expect(pairedFacts({ booking: null }, { booking_id: null })).toEqual([])
  })
})

describe('marks of a station', () => {
  it('one not heard for two and a half minutes, or with ops to send, is not in step', () => {
    expect(linkMark(link, 1_010_000)).toBe('good')
    expect(linkMark(link, 1_200_000)).toBe('wait')
    expect(linkMark({ ...link, unsentOps: 1 }, 1_010_000)).toBe('wait')
    expect(linkMark({ ...link, heardAtMs: null }, 0)).toBe('wait')
  })

  it('a comparison that still differs is bad, and none at all is no proof', () => {
    const proof = { atMs: 0, outcome: 'differs', rows: 1, found: [] } as const
    expect(proofMark({ ...link, lastProof: { ...proof, found: [] } })).toBe('bad')
    expect(proofMark({ ...link, lastProof: { ...proof, outcome: 'repaired', found: [] } })).toBe(
      'good',
    )
    expect(proofMark(link)).toBe('wait')
  })

  it('a shift agrees only when count, grams and paise do', () => {
    const figures = { fills: 1, grams: 2, amountPaise: 3 }
    const shift = { closedAtMs: 0, station: figures, cloud: figures, totalisers: [] }
    expect(sameFigures(shift)).toBe(true)
    expect(sameFigures({ ...shift, cloud: { ...figures, grams: 3 } })).toBe(false)
  })
})
