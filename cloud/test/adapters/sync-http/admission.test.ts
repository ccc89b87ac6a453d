import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { admission } from '../../../src/adapters/sync-http/admission.ts'

/** A caller that stays. */
const stays = (): AbortSignal => new AbortController().signal

function room(bounds: Partial<Parameters<typeof admission>[1]> = {}) {
  const clock = manualClock()
  return { clock, inside: admission(clock, { total: 1, perStation: 2, waiting: 10, ...bounds }) }
}

describe('admission', () => {
  it('a thousand stations at once are served one after the other, first come first served', async () => {
    const { inside, clock } = room({ total: 3, waiting: 1_000 })
    const served: number[] = []
    const all = Array.from({ length: 1_000 }, async (_, no) => {
      const leave = await inside.enter(no, stays())
      if (leave === undefined) return
      served.push(no)
      leave()
    })
    await Promise.all(all)
    expect(served).toEqual(Array.from({ length: 1_000 }, (_, no) => no))
    expect(clock.pendingTimers()).toEqual([])
  })

  it('a place is given to one only, however often it is given back', async () => {
    const { inside } = room()
    const leave = await inside.enter(1, stays())
    leave?.()
    leave?.()
    expect(await inside.enter(2, stays())).toBeDefined()
    const third = inside.enter(3, stays())
    let entered = false
    void third.then(() => (entered = true))
    for (let n = 0; n < 10; n += 1) await Promise.resolve()
    expect(entered).toBe(false)
  })

  it('who waits too long is sent away, and the place goes to the next', async () => {
    const { inside, clock } = room()
    const leave = await inside.enter(1, stays())
    const late = inside.enter(2, stays())
    clock.advance(seconds(20))
    expect(await late).toBeUndefined()
    const next = inside.enter(3, stays())
    leave?.()
    expect(await next).toBeDefined()
  })

  it('who leaves the line takes no place', async () => {
    const { inside } = room()
    const leave = await inside.enter(1, stays())
    const gone = new AbortController()
    const left = inside.enter(2, gone.signal)
    const next = inside.enter(3, stays())
    gone.abort()
    expect(await left).toBeUndefined()
    leave?.()
    expect(await next).toBeDefined()
  })

  it('the line is bounded', async () => {
    const { inside } = room({ waiting: 1 })
    await inside.enter(1, stays())
    void inside.enter(2, stays())
    expect(await inside.enter(3, stays())).toBeUndefined()
  })

  it('a station does not fill the line alone', async () => {
    const { inside } = room()
    const leave = await inside.enter(1, stays())
    const second = inside.enter(1, stays())
    expect(await inside.enter(1, stays())).toBeUndefined()
    leave?.()
    expect(await second).toBeDefined()
    expect(await inside.enter(2, AbortSignal.abort())).toBeUndefined()
  })
})
