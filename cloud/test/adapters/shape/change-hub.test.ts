import { manualClock } from '@baari/shared/testing/manual-clock'
import { millis, seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { changeHub } from '../../../src/adapters/shape/change-hub.ts'
import type { ChangePlace, PlaceNumbers } from '../../../src/adapters/shape/wait-room.ts'

const place = { part: 42, rel: 7 }

/** A database that a test writes to by hand. */
function hubUnderTest() {
  const clock = manualClock()
  let number = 0
  let places = 0
  let broken = false
  const committed = new Map<string, PlaceNumbers>()
  const faults: unknown[] = []
  const key = ({ part, rel }: ChangePlace): string => `${part}/${rel}`
  const hub = changeHub({
    clock,
    probe: {
      newestNumber: () => (broken ? Promise.reject(new Error('gone')) : Promise.resolve(number)),
      newestOf: (asked) => {
        places += 1
        return Promise.resolve(
          asked.map((one) => committed.get(key(one)) ?? { seq: 0, control: 0 }),
        )
      },
    },
    onFault: (error) => faults.push(error),
  })
  const abort = new AbortController()
  return {
    clock,
    hub,
    faults,
    abort,
    draw: () => void (number += 1),
    commit: (at: ChangePlace, numbers: PlaceNumbers) => void committed.set(key(at), numbers),
    breakDown: () => void (broken = true),
    asked: () => places,
    wait: (seq: number, control = 0, signal = abort.signal) =>
      hub.wait(place, { read: { seq, control }, deadline: seconds(20), signal }),
    /** Lets the poll that is due run to its end. */
    async poll() {
      clock.advance(millis(20))
      for (let n = 0; n < 10; n += 1) await Promise.resolve()
    },
  }
}

describe('change hub', () => {
  it('wakes who waits for a place, and nobody else', async () => {
    const t = hubUnderTest()
    const mine = t.wait(3)
    const other = t.hub.wait(
      { part: 43, rel: 7 },
      { read: { seq: 3, control: 0 }, deadline: seconds(20), signal: t.abort.signal },
    )
    await t.poll()
    t.draw()
    t.commit(place, { seq: 4, control: 0 })
    await t.poll()
    expect(await mine).toBe('changed')
    expect(t.hub.waiting()).toBe(1)
    t.abort.abort()
    expect(await other).toBe('aborted')
  })

  it('a commit between reading and waiting ends the wait at the first look', async () => {
    const t = hubUnderTest()
    t.commit(place, { seq: 9, control: 0 })
    const waited = t.wait(8)
    await t.poll()
    expect(await waited).toBe('changed')
  })

  it('a number that was drawn long before its commit is not forgotten', async () => {
    const t = hubUnderTest()
    const waited = t.wait(3)
    t.draw()
    await t.poll()
    for (let n = 0; n < 100; n += 1) await t.poll()
    t.commit(place, { seq: 4, control: 0 })
    await t.poll()
    expect(await waited).toBe('changed')
  })

  it('while nothing moves it asks for places once a second, not at every poll', async () => {
    const t = hubUnderTest()
    void t.wait(3)
    for (let n = 0; n < 300; n += 1) await t.poll()
    const settled = t.asked()
    for (let n = 0; n < 200; n += 1) await t.poll()
    expect(t.asked() - settled).toBeLessThanOrEqual(5)
    t.hub.stop()
  })

  it('a word about the whole table wakes its waiters', async () => {
    const t = hubUnderTest()
    const waited = t.wait(3, 5)
    t.commit(place, { seq: 3, control: 6 })
    await t.poll()
    expect(await waited).toBe('changed')
  })

  it('a wait ends at its deadline, and leaves no timer behind', async () => {
    const t = hubUnderTest()
    const waited = t.wait(3)
    t.clock.advance(seconds(20))
    expect(await waited).toBe('timeout')
    for (let n = 0; n < 10; n += 1) await Promise.resolve()
    await t.poll()
    expect(t.clock.pendingTimers()).toEqual([])
  })

  it('a database that does not answer wakes everybody and is told', async () => {
    const t = hubUnderTest()
    const waited = t.wait(3)
    t.breakDown()
    await t.poll()
    expect(await waited).toBe('changed')
    expect(t.faults).toHaveLength(1)
  })

  it('§9 case 35: ten thousand waits leave nothing behind', async () => {
    const t = hubUnderTest()
    const aborts = Array.from({ length: 10_000 }, () => new AbortController())
    const ends = aborts.map(({ signal }) => t.wait(3, 0, signal))
    expect(t.hub.waiting()).toBe(10_000)
    for (const abort of aborts) abort.abort()
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['aborted']))
    expect(t.hub.waiting()).toBe(0)
    await t.poll()
    expect(t.clock.pendingTimers()).toEqual([])
  })
})
