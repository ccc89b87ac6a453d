import { describe, expect, it } from 'vitest'
import { bookingStates } from '@baari/shared/contracts/http/cloud-api'
import { refusalCodes } from '@baari/shared/faults/catalogue'
import { codeText, isSameIstDay, windowText } from '../src/parts/times.ts'
import { en } from '../src/words/en.ts'
import { hi } from '../src/words/hi.ts'
import { fill, problemText } from '../src/words/language.ts'

type Tree = { readonly [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as const]
      : leaves(value, `${path}${key}.`),
  )
}

const holes = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

describe('words of the driver page', () => {
  it('Hindi has exactly the keys of English, and each sentence names the same facts', () => {
    const english = new Map(leaves(en))
    const hindi = new Map(leaves(hi))
    expect([...hindi.keys()]).toEqual([...english.keys()])
    for (const [key, text] of english) expect(holes(hindi.get(key) ?? ''), key).toEqual(holes(text))
  })

  it('every booking state can be said', () => {
    for (const state of bookingStates) expect(en.ticket.state[state], state).toBeTruthy()
  })

  it('every problem but the phone\u2019s own is a code of the catalogue', () => {
    const own = new Set(['offline', 'failed'])
    expect(
      Object.keys(en.problem).filter((code) => !own.has(code) && !(code in refusalCodes)),
    ).toEqual([])
  })

  it('an unknown problem is still a sentence', () => {
    expect(problemText(en, 'never_heard_of')).toBe(en.problem.failed)
    expect(fill('at {time} {other}', { time: '14:10' })).toBe('at 14:10 {other}')
  })
})

describe('times', () => {
  it('a window is read in IST, also across midnight', () => {
    const start = Date.parse('2026-11-22T18:25:00Z')
    expect(windowText(start, start + 600_000)).toBe('23:55-00:05')
    expect(isSameIstDay(start, start + 600_000)).toBe(false)
  })

  it('a code is grouped as it is printed', () => {
    expect(codeText('482109379')).toBe('4821-0937-9')
  })
})
