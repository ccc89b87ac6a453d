import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import type { ScanView, StationView } from '@baari/shared/contracts/live/station-view'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { millis, seconds } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { LiveHub, mostScreens } from '../../../src/adapters/live/live-hub.ts'
import { countedMetrics, keptLog } from '../../support/silent-parts.ts'

let clock: ManualClock
let revision = 0
let failing = false
let counts: Map<string, number>
let lines: readonly unknown[]
let hub: LiveHub

beforeEach(() => {
  clock = manualClock()
  revision = 0
  failing = false
  const counted = countedMetrics()
  const kept = keptLog()
  counts = counted.counts
  lines = kept.lines
  hub = new LiveHub({
    clock,
    metrics: counted.metrics,
    log: kept.log,
    readView: () => {
      if (failing) return Promise.reject(new Error('disk'))
      revision += 1
      return Promise.resolve({ revision } as StationView)
    },
    boardOf: (view) => ({ station: `as of ${view.revision}` }) as PublicBoard,
  })
})

type Screen = { next(): Promise<string>; leave(): Promise<void> }

function screen(body = hub.open()): Screen {
  if (!body) throw new Error('no room')
  const reader = body.getReader()
  const decoder = new TextDecoder()
  return {
    next: async () => decoder.decode((await reader.read()).value),
    leave: () => reader.cancel(),
  }
}

/** Lets promises of the hub settle; timers only move with the manual clock. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve()
}
async function pass(ms: number): Promise<void> {
  clock.advance(millis(ms))
  await settle()
}

describe('the board for everybody in line', () => {
  it('gets its own picture with each view, and no scans', async () => {
    const kiosk = screen()
    const board = screen(hub.openBoard())
    hub.scanned({ id: 'x' } as ScanView)
    await pass(0)
    expect(await kiosk.next()).toContain('event: scan')
    expect(await board.next()).toBe('event: board\ndata: {"station":"as of 1"}\n\n')
    hub.changed()
    await pass(100)
    expect(await board.next()).toContain('as of 2')
  })

  it('however many look, attendants still get in', () => {
    for (let n = 0; n < mostScreens; n += 1) expect(hub.openBoard()).toBeDefined()
    expect(hub.openBoard()).toBeUndefined()
    expect(hub.open()).toBeDefined()
    expect(counts.get('screens')).toBe(mostScreens + 1)
  })

  it('the last board that leaves ends the reading', async () => {
    const board = screen(hub.openBoard())
    await pass(0)
    await board.next()
    await board.leave()
    hub.changed()
    await pass(1_000)
    expect(revision).toBe(1)
  })
})

describe('the live stream', () => {
  it('a screen that connects gets the whole view first', async () => {
    const kiosk = screen()
    await pass(0)
    expect(await kiosk.next()).toBe('event: view\ndata: {"revision":1}\n\n')
  })

  it('a hundred changes within a tenth of a second become one view', async () => {
    const kiosk = screen()
    await pass(0)
    await kiosk.next()
    for (let i = 0; i < 100; i += 1) hub.changed()
    await pass(99)
    expect(revision).toBe(1)
    await pass(1)
    expect(await kiosk.next()).toContain('"revision":2')
    await pass(10_000)
    expect(revision).toBe(2)
  })

  it('a continuous storm of changes is sent at most ten times a second', async () => {
    screen()
    await pass(0)
    for (let i = 0; i < 1000; i += 1) {
      hub.changed()
      await pass(1)
    }
    expect(revision).toBeLessThanOrEqual(11)
    expect(revision).toBeGreaterThanOrEqual(9)
  })

  it('without screens the ledger is never asked', async () => {
    for (let i = 0; i < 10; i += 1) {
      hub.changed()
      await pass(100)
    }
    expect(revision).toBe(0)
  })

  it('a scan overtakes the view and goes out without waiting', async () => {
    const kiosk = screen()
    await pass(0)
    await kiosk.next()
    hub.changed()
    hub.scanned({ verdict: 'ADMIT' } as ScanView)
    expect(await kiosk.next()).toBe('event: scan\ndata: {"verdict":"ADMIT"}\n\n')
  })

  it('a quiet stream carries a heartbeat every 15 s', async () => {
    const kiosk = screen()
    await pass(0)
    await kiosk.next()
    await pass(seconds(15))
    expect(await kiosk.next()).toBe('event: beat\ndata: still here\n\n')
  })

  it('the 33rd screen is turned away and room is made when one leaves', async () => {
    const screens = Array.from({ length: mostScreens }, screen)
    expect(hub.open()).toBeUndefined()
    await screens[0]?.leave()
    expect(hub.open()).toBeDefined()
    expect(counts.get('screens')).toBe(mostScreens)
  })

  it('a slow screen keeps one newest view, not a backlog', async () => {
    const slow = screen()
    await pass(0)
    for (let i = 0; i < 20; i += 1) {
      hub.changed()
      await pass(100)
    }
    // One frame was already handed to the stream; behind it waits only the newest.
    expect(await slow.next()).toContain('"revision":1}')
    expect(await slow.next()).toContain('"revision":21}')
  })

  it('a screen that leaves its socket full for 10 s is cut off, the others go on', async () => {
    const slow = screen()
    const quick = screen()
    for (let i = 0; i < 3; i += 1) {
      hub.changed()
      await pass(100)
      await quick.next()
    }
    await pass(seconds(10))
    expect(counts.get('screen dropped')).toBe(1)
    expect(counts.get('screens')).toBe(1)
    await expect(slow.next()).rejects.toThrow('did not keep up')
    hub.changed()
    await pass(100)
    expect(await quick.next()).toContain('view')
  })

  it('a screen too far behind to be told of a scan is cut off', async () => {
    screen()
    await pass(0)
    for (let i = 0; i < 40; i += 1) hub.scanned({ verdict: 'USED' } as ScanView)
    expect(counts.get('screen dropped')).toBe(1)
  })

  it('a view that cannot be read is logged and the next change tries again', async () => {
    failing = true
    const kiosk = screen()
    await pass(0)
    expect(lines).toHaveLength(1)
    failing = false
    hub.changed()
    await pass(100)
    expect(await kiosk.next()).toContain('"revision":1}')
  })

  it('closing ends every stream and leaves no timer behind', async () => {
    const kiosk = screen()
    await pass(0)
    await kiosk.next()
    hub.changed()
    hub.close()
    expect(await kiosk.next()).toBe('')
    expect(clock.pendingTimers()).toEqual([])
  })
})
