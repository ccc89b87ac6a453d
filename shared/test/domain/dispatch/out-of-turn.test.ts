import { describe, expect, it } from 'vitest'
import { isToldFully, outOfTurnReasons } from '../../../src/domain/dispatch/out-of-turn.ts'

describe('the reason of a call out of turn', () => {
  it('needs words only when the code says nothing', () => {
    const silent = outOfTurnReasons.filter((reason) => isToldFully({ reason, note: null }))
    expect(silent).toEqual(outOfTurnReasons.filter((reason) => reason !== 'other'))
    expect(isToldFully({ reason: 'other', note: '  ' })).toBe(false)
    expect(isToldFully({ reason: 'other', note: 'minister' })).toBe(true)
  })
})
