import { whatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import { describe, expect, it } from 'vitest'
import {
  differenceShown,
  estimateShown,
  isClear,
  isWorse,
  questionOf,
  type WhatIfForm,
} from '../src/parts/what-if-texts.ts'
import { en } from '../src/words/en.ts'

const today: WhatIfForm = {
  ...{ name: 'A', positions: 4, load: 'usual', bookedShare: 0.5 },
  ...{ close: false, cap: 'forecast', rule: 'today', thenShare: null },
}

describe('the question of the page', () => {
  it('what stays as it is changes nothing; each choice is a change the cloud understands', () => {
    expect(questionOf(today).changes).toEqual([])
    const all = { ...today, close: true, cap: 'flat', rule: 'three', thenShare: 0.7 } as const
    expect(whatIfAsk.parse(questionOf(all)).changes).toEqual([
      { kind: 'close-position' },
      { kind: 'cap', cap: 'flat' },
      { kind: 'rule', streakLimit: 3, streakLimitWhenOld: 1 },
      { kind: 'booked-share', bookedShare: 0.7 },
    ])
  })
})

describe('the words of an answer', () => {
  const longer = { mean: 3.25, low: 1.1, high: 5.4 }

  it('waits are minutes, shares per cent, each with its limits', () => {
    expect(estimateShown(en, 'allMean', longer)).toEqual({ text: '3.3 min', limits: '1.1 to 5.4' })
    const share = { mean: 0.925, low: -0.1, high: 1.15 }
    expect(estimateShown(en, 'walkInOver30', share)).toEqual({
      ...{ text: '92.5 %', limits: '0.0 to 100.0' },
    })
    const none = { mean: NaN, low: NaN, high: NaN }
    expect(estimateShown(en, 'bookedP95', none).text).toBe('nobody')
  })

  it('a difference that chance explains is called unclear, and only a clear one is good or bad', () => {
    expect(differenceShown(en, 'allMean', longer)).toEqual({
      ...{ text: '+3.3 min', limits: '+1.1 to +5.4' },
    })
    const unclear = { mean: -0.2, low: -0.9, high: 0.5 }
    expect(differenceShown(en, 'allMean', unclear).limits).toContain('no clear difference')
    expect([isClear(longer), isClear(unclear)]).toEqual([true, false])
    expect(isWorse('allMean', longer)).toBe(true)
    expect(isWorse('bookedInTen', longer)).toBe(false)
  })
})
