import { manualClock } from '@baari/shared/testing/manual-clock'
import { instant, millis, seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { heldBriefly } from '../../../src/app/recommend/held-briefly.ts'

function counted(rules: { readonly most: number; readonly fails?: number }) {
  const clock = manualClock(instant(0))
  const asked: string[] = []
  const read = heldBriefly(clock, { forMs: seconds(1), most: rules.most })((question: string) => {
    asked.push(question)
    const fails = asked.length <= (rules.fails ?? 0)
    return fails ? Promise.reject(new Error('away')) : Promise.resolve(asked.length)
  })
  return { clock, asked, read }
}

describe('a read that is held for a second', () => {
  it('is asked once by all who ask the same within it, and anew after it', async () => {
    const { clock, asked, read } = counted({ most: 10 })
    expect(await Promise.all([read('a'), read('a'), read('b'), read('a')])).toEqual([1, 1, 2, 1])
    clock.advance(millis(999))
    expect(await read('a')).toBe(1)
    clock.advance(millis(1))
    expect(await read('a')).toBe(3)
    expect(asked).toEqual(['a', 'b', 'a'])
  })

  it('that failed is asked again by the next', async () => {
    const { asked, read } = counted({ most: 10, fails: 1 })
    const both = await Promise.allSettled([read('a'), read('a')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await read('a')).toBe(2)
    expect(asked).toEqual(['a', 'a'])
  })

  it('holds so many questions and no more: the eldest goes', async () => {
    const { asked, read } = counted({ most: 2 })
    for (const question of ['a', 'b', 'c', 'b', 'a']) await read(question)
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })
})
