import { manualClock } from '@baari/shared/testing/manual-clock'
import { millis, seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { changeHub } from '../../../src/adapters/shape/change-hub.ts'
import type { PlaceChange, ProbeAsk } from '../../../src/adapters/shape/change-probe.ts'
import type { ChangePlace } from '../../../src/adapters/shape/wait-room.ts'

const place = { part: 42, rel: 7 }

/** A database that a test writes to by hand; its mark counts the commits. */
function hubUnderTest() {
  const clock = manualClock()
  const commits: PlaceChange[] = []
  const asks: ProbeAsk[] = []
  let broken = false
  const faults: unknown[] = []
  const newest = (part: number, rel: number): number =>
    Math.max(0, ...commits.filter((c) => c.part === part && c.rel === rel).map(({ seq }) => seq))
  const hub = changeHub({
    clock,
    probe: {
      look(ask) {
        asks.push(ask)
        if (broken) return Promise.reject(new Error('gone'))
        return Promise.resolve({
          mark: String(commits.length),
          numbers: ask.places.map(({ part, rel }) => ({
            seq: newest(part, rel),
            control: newest(-1, rel),
          })),
          changed: ask.since === undefined ? [] : commits.slice(Number(ask.since)),
        })
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
    commit: (at: ChangePlace, seq: number) => void commits.push({ ...at, seq }),
    /** Another database in place of this one: its numbers say nothing about the old one's. */
    restore: () => void commits.splice(0),
    breakDown: () => void (broken = true),
    asks,
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
    t.commit(place, 4)
    await t.poll()
    expect(await mine).toBe('changed')
    expect(t.hub.waiting()).toBe(1)
    t.abort.abort()
    expect(await other).toBe('aborted')
  })

  it('a commit between reading and waiting ends the wait at the first look', async () => {
    const t = hubUnderTest()
    t.commit(place, 9)
    const waited = t.wait(8)
    await t.poll()
    expect(await waited).toBe('changed')
  })

  it('a place is asked for itself when somebody comes, and then only what was committed', async () => {
    const t = hubUnderTest()
    void t.wait(3)
    await t.poll()
    expect(t.asks.at(-1)?.places).toEqual([place])
    for (let n = 0; n < 50; n += 1) await t.poll()
    expect(t.asks.at(-1)).toEqual({ since: '0', places: [] })
    t.hub.stop()
  })

  it('every five seconds all places are asked for themselves', async () => {
    const t = hubUnderTest()
    void t.wait(3)
    for (let n = 0; n < 600; n += 1) await t.poll()
    expect(t.asks.filter(({ places }) => places.length > 0)).toHaveLength(3)
    t.hub.stop()
  })

  it('what was committed while nobody waited is not read all over again', async () => {
    const t = hubUnderTest()
    const abort = new AbortController()
    const first = t.wait(3, 0, abort.signal)
    await t.poll()
    abort.abort()
    await first
    await t.poll()
    void t.wait(3)
    await t.poll()
    expect(t.asks.at(-1)).toEqual({ since: undefined, places: [place] })
    t.hub.stop()
  })

  it('a database that was put back is asked for all places, not from a number of the old one', async () => {
    const t = hubUnderTest()
    for (let seq = 1; seq <= 5; seq += 1) t.commit({ part: 1, rel: 7 }, seq)
    const waited = t.wait(0)
    await t.poll()
    t.restore()
    t.hub.forget()
    t.commit(place, 1)
    await t.poll()
    expect(await waited).toBe('changed')
  })

  it('commits of this process share a look', async () => {
    const t = hubUnderTest()
    void t.wait(3)
    await t.poll()
    const before = t.asks.length
    for (let n = 0; n < 100; n += 1) t.hub.look()
    await t.poll()
    expect(t.asks.length - before).toBe(1)
    t.hub.stop()
  })

  it('a word about the whole table wakes its waiters', async () => {
    const t = hubUnderTest()
    const waited = t.wait(3, 5)
    t.commit({ part: -1, rel: 7 }, 6)
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
