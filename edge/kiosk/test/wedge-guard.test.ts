import { describe, expect, it } from 'vitest'
import { endRun, layoutCode, takeKey, type WedgeRun } from '../src/parts/wedge-guard.ts'

const token = 'BAARI1:6BFOXN*TS0BI$ZD4N9'

/** Types the text with this gap; the answer is what reached the field and what the run was. */
function typed(text: string, gapMs: number) {
  let run: WedgeRun | null = null
  let inField = ''
  let atMs = 1_000
  for (const key of text) {
    const taken = takeKey(run, key, atMs)
    run = taken.run
    if (!taken.captured) inField += key
    atMs += gapMs
  }
  return { inField, scan: endRun(run) }
}

describe('the wedge guard', () => {
  it('Q06 a token typed by a scanner into a focused form is a scan, and three keys at most slip in', () => {
    const { inField, scan } = typed(token, 5)
    expect(scan).toEqual({ kind: 'scan', text: token })
    expect(inField).toBe('BAA')
  })

  it.each([36, 60, 150])(
    'Q06 a person who types with gaps of %d ms keeps every letter',
    (gapMs) => {
      expect(typed('GJ01AB1234', gapMs)).toEqual({ inField: 'GJ01AB1234', scan: null })
      expect(typed(token, gapMs)).toEqual({ inField: token, scan: null })
    },
  )

  it('two keys struck at once are typing', () => {
    expect(typed('AB', 2)).toEqual({ inField: 'AB', scan: null })
  })

  it('Q06 the layout code says that every character arrives as itself', () => {
    expect(typed(layoutCode, 5).scan).toEqual({ kind: 'layout', wrong: '' })
  })

  it('Q06 under another layout the code names the characters that are wrong, and a token is no scan', () => {
    // A German layout: Y and Z change places, and the shifted keys give others.
    const german = (text: string): string =>
      [...text]
        .map((key) => ({ Y: 'Z', Z: 'Y', ':': 'Ö', '-': 'ß', '/': '-' })[key] ?? key)
        .join('')
    expect(typed(german(layoutCode), 5).scan).toEqual({ kind: 'layout', wrong: 'YZ-/:' })
    expect(typed(german(token), 5).scan).toEqual({ kind: 'foreign' })
  })

  it('a machine that never stops is cut at 4,096 characters', () => {
    const { scan } = typed(`BAARI1:${'A'.repeat(100_000)}`, 1)
    expect(scan?.kind === 'scan' && scan.text.length).toBe(4_096)
  })
})
