import { describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { laneNo, positionNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { FillState } from '../../../src/domain/fill/fill-states.ts'
import { positionFactsOf, type NozzleView } from '../../../src/domain/position/position-facts-of.ts'
import { idle, limits, open, opening, terms } from '../fill/fill-examples.ts'
import { lookOf } from './device-looks.ts'

const place = { no: positionNo(1), lane: laneNo(1), nozzles: ['ngv1'] as const }
const mind = {
  ...{ closed: false, called: null, ready: false, refused: null, fault: null },
  usualGrams: grams(8_000),
}

function view(over: Partial<NozzleView> = {}): NozzleView {
  return {
    state: idle,
    look: lookOf(),
    held: false,
    frozen: false,
    meter: limits.meter,
    gramsPerS: 0,
    ...over,
  }
}
const stateWith = (over: Partial<NozzleView>, own = {}) =>
  positionFactsOf(place, [view(over)], { ...mind, ...own }).state

describe('what a position shows', () => {
  it('is free at rest, called with a vehicle, ready after the act', () => {
    expect(stateWith({})).toBe('free')
    expect(stateWith({}, { called: terms.ticket })).toBe('called')
    expect(stateWith({}, { called: terms.ticket, ready: true })).toBe('ready')
  })
  it('follows the fill from the authorise to the end', () => {
    const kinds: readonly (readonly [FillState, string])[] = [
      [{ kind: 'authorising', open: open() }, 'authorised'],
      [{ kind: 'filling', open: open(5) }, 'filling'],
      [{ kind: 'suspended', open: open(5) }, 'filling'],
      [{ kind: 'completing', open: open(5), cause: 'device' }, 'finishing'],
    ]
    for (const [state, shown] of kinds) expect(stateWith({ state })).toBe(shown)
  })
  it('a silent device is offline, a held or frozen nozzle is a fault', () => {
    expect(stateWith({ look: lookOf({ state: null, quality: 'stale' }) })).toBe('offline')
    expect(stateWith({ held: true })).toBe('fault')
    expect(stateWith({ frozen: true })).toBe('fault')
  })
  it('J5 a sale that a fault ended is no working position while its fault lasts', () => {
    const state: FillState = { kind: 'completed', open: open(5), cause: 'fault', flag: 'none' }
    const fault = { code: 'dispenser_unknown_state', text: '', sinceMs: instant(1) }
    expect(stateWith({ state })).toBe('finishing')
    expect(stateWith({ state }, { fault })).toBe('fault')
    expect(stateWith({ state: { ...state, kind: 'completing' } }, { fault })).toBe('finishing')
    expect(stateWith({}, { fault })).toBe('fault')
  })
  it('a closed position stays closed whoever is called', () => {
    expect(stateWith({}, { closed: true, called: terms.ticket })).toBe('closed')
  })
  it('shows the grams of the newest frame and the money they cost', () => {
    const look = lookOf({ state: 'running', totaliserGrams: grams(opening + 2_000) })
    const facts = positionFactsOf(
      place,
      [view({ state: { kind: 'filling', open: open(1_750) }, look, gramsPerS: 100 })],
      mind,
    )
    expect(facts).toMatchObject({
      ticket: terms.ticket,
      freesInMs: 60_000,
      fill: { grams: 2_000, amountPaise: 18_900, limitGrams: 8_000 },
    })
  })
  it('without flow nobody promises an end', () => {
    expect(
      positionFactsOf(place, [view({ state: { kind: 'filling', open: open(5) } })], mind).freesInMs,
    ).toBeNull()
  })
})
