import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { Parts } from '../../src/compose/part.ts'
import { startUpkeep } from '../../src/compose/start-upkeep.ts'
import { keptLog } from '../support/silent-parts.ts'
import { notedForecourt } from '../support/open-station.ts'
import { bothFree, stationWorld } from '../support/station-world.ts'

describe('parts', () => {
  it('stop in reverse order, and one that fails does not keep the others running', async () => {
    const parts = new Parts()
    const stopped: string[] = []
    for (const name of ['ledger', 'station', 'doors'])
      parts.add(name, {
        stop() {
          stopped.push(name)
          if (name === 'station') throw new Error('stuck')
        },
      })
    const failures: string[] = []
    await parts.stop((name) => failures.push(name))
    await parts.stop((name) => failures.push(name))
    expect(stopped).toEqual(['doors', 'station', 'ledger'])
    expect(failures).toEqual(['station'])
  })
})

describe('upkeep', () => {
  async function running() {
    const world = await stationWorld()
    const clock = manualClock()
    const { forecourt, acts } = notedForecourt(bothFree)
    let tell = (): void => undefined
    let changes = 0
    const rounds: string[] = []
    const line = { up: true }
    const upkeep = startUpkeep({
      ledger: {
        ...world.ledger,
        run(name, input) {
          rounds.push(name)
          return world.ledger.run(name, input)
        },
      },
      forecourt: {
        ...forecourt,
        onChange: (call) => {
          tell = call
          return () => (tell = () => undefined)
        },
      },
      live: {
        changed: () => (changes += 1),
        scanned() {},
        open: () => undefined,
        openBoard: () => undefined,
        close() {},
      },
      clock,
      log: keptLog().log,
      linkUp: () => line.up,
      seal: { kid: 128, sign: () => 'signed' },
    })
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    await settle()
    const dispatches = (): number => rounds.filter((name) => name === 'queue.dispatch').length
    return {
      world,
      clock,
      line,
      acts,
      upkeep,
      settle,
      dispatches,
      tell: () => tell(),
      changes: () => changes,
    }
  }

  it('the rule runs at start, every five seconds and after a change of a position', async () => {
    const { clock, dispatches, settle, tell } = await running()
    expect(dispatches()).toBe(1)
    clock.advance(seconds(5))
    await settle()
    expect(dispatches()).toBe(2)
    tell()
    await settle()
    expect(dispatches()).toBe(3)
  })

  it('many changes during a round make one further round', async () => {
    const { dispatches, settle, tell } = await running()
    for (let i = 0; i < 50; i += 1) tell()
    await settle()
    await settle()
    expect(dispatches()).toBe(3)
  })

  it('a commit that changed something is told to the screens', async () => {
    const { world, changes } = await running()
    const before = changes()
    await world.run('walkIn.open', {
      vehicleClass: 'auto',
      by: '00000001-0000-7000-8000-00000000a001' as never,
      positions: [],
    })
    expect(changes()).toBeGreaterThan(before)
  })

  it('a line that breaks is on the screens within a second, and once', async () => {
    const { line, clock, changes, settle } = await running()
    const before = changes()
    line.up = false
    clock.advance(seconds(1))
    await settle()
    clock.advance(seconds(1))
    await settle()
    expect(changes() - before).toBe(1)
  })

  it('stopped, it leaves no timer behind', async () => {
    const { clock, upkeep } = await running()
    upkeep.stop()
    expect(clock.pendingTimers()).toEqual([])
  })
})
