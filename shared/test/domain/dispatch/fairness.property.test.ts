import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idleWithQueue, nextCall } from '../../../src/domain/dispatch/next-call.ts'
import { undoCall } from '../../../src/domain/dispatch/undo-call.ts'
import type { NozzleType } from '../../../src/units/names.ts'
import {
  anyHappenings,
  anyStation,
  everyType,
  live,
  newDay,
  picksFor,
  serveOut,
} from './any-day.ts'
import type { Day, SeenPick } from './any-day.ts'
import { callAll, config, join, station } from './forecourt.ts'

const runs = { numRuns: 150 }

/** Plays any order of happenings and hands every moment of it to the check. */
function everyDay(check: (day: Day) => void, eachMoment: (day: Day) => void = () => undefined) {
  fc.assert(
    fc.property(anyStation, anyHappenings, (state, happenings) => {
      const day = newDay(state)
      for (const happened of happenings) {
        live(day, happened)
        eachMoment(day)
      }
      check(day)
    }),
    runs,
  )
}

/** Stretches of picks during which a walk-in of this type waited at every single one. */
function stretches(day: Day, type: NozzleType): readonly (readonly SeenPick[])[] {
  const found: SeenPick[][] = [[]]
  for (const pick of picksFor(day, type)) {
    if (pick.waiting[type] === undefined) found.push([])
    else found.at(-1)!.push(pick)
  }
  return found
}

const isOld = (pick: SeenPick, type: NozzleType): boolean => (pick.waiting[type] ?? 0) > 45

describe('fairness, whatever happens on the forecourt', () => {
  it('G9: never three booked picks in a row while a walk-in of the type waits', () => {
    everyDay((day) => {
      for (const type of everyType) {
        const seen = picksFor(day, type).filter(
          ({ waiting, walkInStart }) => walkInStart || waiting[type] !== undefined,
        )
        const kinds = seen.map(({ walkInStart }) => (walkInStart ? 'W' : 'B')).join('')
        expect(kinds).not.toContain('BBB')
      }
    })
  })

  it('G9: never two in a row once the oldest has waited more than 45 minutes', () => {
    everyDay((day) => {
      for (const type of everyType) {
        for (const stretch of stretches(day, type)) {
          stretch.forEach((pick, i) => {
            const previous = stretch[i - 1]
            if (previous === undefined || !isOld(pick, type)) return
            expect(pick.walkInStart || previous.walkInStart).toBe(true)
          })
        }
      }
    })
  })

  it('G15: of n picks in any half hour at most two thirds, in the 1:1 phase half, are booked', () => {
    everyDay((day) => {
      for (const type of everyType) {
        for (const stretch of stretches(day, type)) checkShares(stretch, type)
      }
    })
  })

  it('G7: no position stays idle while a compatible vehicle waits', () => {
    everyDay(
      () => undefined,
      (day) => expect(idleWithQueue(day.state)).toEqual([]),
    )
  })

  it('every vehicle is called in the end, unless its ticket was closed', () => {
    everyDay((day) => {
      serveOut(day)
      expect(day.state.vehicles).toEqual([])
      expect(day.called.size + [...day.closed].filter((id) => !day.called.has(id)).length).toBe(
        day.next - 1,
      )
    })
  })

  it('undoing the last call gives back the state before it', () => {
    everyDay(
      () => undefined,
      (day) => {
        for (const state of [day.state, withOneWaiting(day)]) {
          const { state: called, call } = nextCall(state, day.now, config)
          if (call === undefined) continue
          const back = undoCall(called, call.ticket, { now: day.now, config })
          expect(back.ok && back.value).toEqual(state)
        }
      },
    )
  })

  it('the state is JSON: stored and read back it decides the same', () => {
    everyDay((day) => {
      const stored = JSON.parse(JSON.stringify(day.state)) as typeof day.state
      expect(stored).toEqual(day.state)
      expect(nextCall(stored, day.now, config)).toEqual(nextCall(day.state, day.now, config))
    })
  })

  it('a position never has two vehicles at it or two behind it', () => {
    everyDay(
      () => undefined,
      ({ state }) => {
        const places = state.vehicles.flatMap(({ place }) => {
          if (place.kind === 'waiting' || place.kind === 'aside') return []
          return [`${place.position}${place.kind === 'staged' ? ' behind' : ''}`]
        })
        expect(new Set(places).size).toBe(places.length)
      },
    )
  })
})

/** A free position opens and somebody comes, so that there is always a call to undo. */
function withOneWaiting(day: Day): Day['state'] {
  const spare = { no: 99, nozzles: ['ngv1', 'ngv2'], service: 'open' }
  const state = join(day.state, [9_999, 0])
  return { ...state, positions: [...state.positions, spare as never] }
}

function checkShares(stretch: readonly SeenPick[], type: NozzleType): void {
  for (let from = 0; from < stretch.length; from += 1) {
    for (let to = from + 1; to <= stretch.length; to += 1) {
      const window = stretch.slice(from, to)
      if (window.at(-1)!.atMs - window[0]!.atMs > 30 * 60_000) break
      const booked = window.filter(({ walkInStart }) => !walkInStart).length
      expect(booked).toBeLessThanOrEqual(Math.ceil((2 * window.length) / 3))
      if (window.every((pick) => isOld(pick, type))) {
        expect(booked).toBeLessThanOrEqual(Math.ceil(window.length / 2))
      }
    }
  }
}

describe('the size of a decision', () => {
  const crowd = Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? ([i + 1, i / 10] as const) : ([i + 1, i / 10, 10] as const),
  )

  it('with 200 waiting a decision shares every vehicle it does not call', () => {
    const queue = join(station(4), ...crowd)
    const { state } = nextCall(queue, queue.vehicles[199]!.arrival, config)
    const kept = state.vehicles.filter((vehicle, i) => vehicle === queue.vehicles[i])
    expect(kept.length).toBe(199)
    expect(state.positions).toBe(queue.positions)
  })

  it('the state does not grow however long calls are made and undone', () => {
    let state = join(station(2), ...crowd.slice(0, 20))
    const size = JSON.stringify(state).length
    for (let round = 0; round < 200; round += 1) {
      const { state: called, calls } = callAll(state, 20)
      state = calls.toReversed().reduce((next, { ticket }) => {
        const back = undoCall(next, ticket, { now: calls[0]!.explanation.atMs, config })
        if (!back.ok) expect.fail(back.error.code)
        return back.value
      }, called)
    }
    expect(JSON.stringify(state).length).toBe(size)
  })
})
