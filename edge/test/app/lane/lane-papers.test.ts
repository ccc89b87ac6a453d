import { grams } from '@baari/shared/units/mass'
import { ticketId } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { numberPaper } from '../../../src/app/lane/number-paper.ts'
import { signPage } from '../../../src/app/lane/sign-page.ts'
import { at } from '../../support/scan-builders.ts'

const ticketOf = (label: string) =>
  ({
    id: ticketId('00000009-0000-7000-8000-000000000001'),
    kind: 'walk-in',
    label,
    plate: null,
    vehicleClass: 'auto',
    state: 'called',
    windowStartMs: null,
    arrivedAtMs: at('09:00'),
    position: null,
    needsDetails: false,
  }) as const

const called = (place: { lane: number; no: number }, label: string, calledAtMs: number) => ({
  ...{ ...place, calledAtMs, state: 'called' },
  ticket: { label },
})

describe('the page of a lane’s sign', () => {
  it('names the calls into this lane alone, the newest first', () => {
    const positions = [
      called({ lane: 1, no: 1 }, 'W-56', 1),
      called({ lane: 2, no: 3 }, 'W-57', 2),
      called({ lane: 1, no: 2 }, 'W-58', 3),
      { ...called({ lane: 1, no: 4 }, 'W-55', 0), state: 'filling' },
    ]
    expect(signPage(1, { positions, tripped: false })).toEqual({
      kind: 'calls',
      calls: [
        { label: 'W-58', position: 2 },
        { label: 'W-56', position: 1 },
      ],
    })
    expect(signPage(3, { positions, tripped: false })).toEqual({ kind: 'blank' })
  })

  it('L01 under an all-stop it says closed, whatever was called before', () => {
    const positions = [called({ lane: 1, no: 1 }, 'W-56', 1)]
    expect(signPage(1, { positions, tripped: true })).toEqual({ kind: 'closed' })
  })
})

it('the paper of a number has it biggest, and the wait in both languages', () => {
  const ticket = ticketOf('W-57')
  const wait = { medianMs: minutes(12), p90Ms: minutes(18) }
  const given = { ticket, number: 57, wait, expectedGrams: null, cutUntilMs: null }
  const { lines } = numberPaper(given, { name: 'Andheri', now: at('09:05') })
  const texts = lines.flatMap((line) => (line.kind === 'text' ? [line] : []))
  expect(texts.find(({ scale }) => scale === 4)?.text).toBe('W-57')
  expect(texts.map(({ text }) => text)).toEqual([
    'Andheri',
    'W-57',
    'Wait about 12-18 min',
    'प्रतीक्षा लगभग 12-18 मिनट',
    'Watch the board for your number',
    'बोर्ड पर अपना नंबर देखें',
    '2026-11-22 09:05',
  ])
})

it('J7 at a low pressure the paper says in both languages how much to expect, and in a cut until when', () => {
  const wait = { medianMs: minutes(12), p90Ms: minutes(18) }
  const given = {
    ticket: ticketOf('W-57'),
    number: 57,
    wait,
    expectedGrams: grams(3_000),
    cutUntilMs: null,
  }
  const { lines } = numberPaper(given, { name: 'Andheri', now: at('09:05') })
  const texts = lines.flatMap((line) => (line.kind === 'text' ? [line.text] : []))
  expect(texts).toContain('Gas is low: about 3.0 kg')
  expect(texts).toContain('गैस कम है: लगभग 3.0 किलो')
  const cut = { ...given, cutUntilMs: at('14:00') }
  const { lines: withCut } = numberPaper(cut, { name: 'Andheri', now: at('09:05') })
  expect(JSON.stringify(withCut)).toContain('No gas until about 14:00')
  expect(JSON.stringify(withCut)).not.toContain('Wait about')
})
