import { describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { mono } from '@baari/shared/units/time'
import type { FillState } from '../../../src/domain/fill/fill-states.ts'
import type { DeviceLook } from '../../../src/domain/position/device-look.ts'
import {
  eventsOfLook,
  freshMemory,
  type LookMemory,
} from '../../../src/domain/position/look-events.ts'
import { idle, limits, open, opening } from '../fill/fill-examples.ts'
import { lookOf } from './device-looks.ts'

const filling: FillState = { kind: 'filling', open: open(1_000) }
const running = (delivered: number, over: Partial<DeviceLook> = {}): DeviceLook =>
  lookOf({
    state: 'running',
    nozzleOut: true,
    saleGrams: grams(delivered),
    totaliserGrams: grams(opening + delivered),
    ...over,
  })

function see(look: DeviceLook, state: FillState, memory: LookMemory) {
  return seeAt(0, { look, state }, memory)
}
function seeAt(
  at: number,
  seen: { readonly look: DeviceLook; readonly state: FillState },
  memory: LookMemory,
) {
  return eventsOfLook({ ...seen, at: mono(at), meter: limits.meter }, memory)
}
function kinds(look: DeviceLook, state: FillState, memory = lifted): readonly string[] {
  return see(look, state, memory).events.map((event) => event.kind)
}
const fresh = freshMemory(mono(0))
const lifted: LookMemory = { ...fresh, nozzleOut: true }

describe('what a look tells', () => {
  it('an idle nozzle that stays as the books have it tells nothing', () => {
    expect(kinds(lookOf(), idle, fresh)).toEqual([])
  })
  it('the first gram is told at once', () => {
    expect(kinds(running(3), { kind: 'authorised', open: open() })).toEqual(['flow'])
  })
  it('while gas flows a checkpoint comes every 250 g', () => {
    const memory = { ...lifted, toldGrams: grams(opening + 1_000) }
    expect(kinds(running(1_249), filling, memory)).toEqual([])
    expect(kinds(running(1_250), filling, memory)).toEqual(['flow'])
  })
  it('and at least every second', () => {
    const memory = { ...lifted, toldGrams: grams(opening + 1_000) }
    const seen = { look: running(1_010), state: filling }
    expect(seeAt(999, seen, memory).events).toEqual([])
    expect(seeAt(1_000, seen, memory).events).toHaveLength(1)
  })
  it('a device without a counter in its frame is read by opening plus sale', () => {
    const told = see(running(1_500, { totaliserGrams: null }), filling, lifted)
    expect(told.events).toEqual([{ kind: 'flow', totaliserGrams: opening + 1_500 }])
  })
  it('rest after filling is the end, told once for this state', () => {
    const look = lookOf({ state: 'completed', nozzleOut: true })
    const first = see(look, filling, lifted)
    expect(first.events.map(({ kind }) => kind)).toEqual(['ended'])
    expect(see(look, filling, first.memory).events).toEqual([])
  })
  it('the same end in a new answer of the ledger is not told again, more gas is', () => {
    const look = lookOf({ totaliserGrams: grams(opening + 1) })
    const first = see(look, idle, fresh)
    expect(see(look, structuredClone(idle), first.memory).events).toEqual([])
    const moves = see(lookOf({ state: 'suspended' }), idle, first.memory)
    expect(kinds(look, idle, moves.memory)).toContain('ended')
    const more = lookOf({ totaliserGrams: grams(opening + 2) })
    expect(kinds(more, structuredClone(idle), first.memory)).toEqual(['ended'])
  })
  it('rest is no end of an authorisation that the device never showed', () => {
    expect(kinds(lookOf(), { kind: 'authorised', open: open() }, fresh)).toEqual([])
  })
  it('rest after the device showed the authorisation is its end', () => {
    const authorised: FillState = { kind: 'authorised', open: open() }
    const shown = see(lookOf({ state: 'authorised' }), authorised, fresh)
    expect(kinds(lookOf(), authorised, shown.memory)).toEqual(['ended'])
  })
  it('D07: a counter that moved between two idle frames asks for the totals', () => {
    expect(kinds(lookOf({ totaliserGrams: grams(opening + 1) }), idle, fresh)).toEqual(['ended'])
  })
  it('a stale device is lost once and back once', () => {
    const lost = see(lookOf({ state: null, quality: 'stale' }), filling, lifted)
    expect(lost.events).toEqual([{ kind: 'link-lost' }])
    expect(see(lookOf({ state: null, quality: 'stale' }), filling, lost.memory).events).toEqual([])
    expect(kinds(running(1_000), filling, lost.memory)).toEqual(['link-back'])
  })
  it('an uncertain frame decides nothing', () => {
    expect(kinds(lookOf({ state: 'completed', quality: 'uncertain' }), filling)).toEqual([])
  })
  it('D14: a device out of order is told once', () => {
    const first = see(lookOf({ state: 'out-of-order' }), filling, lifted)
    expect(first.events).toEqual([{ kind: 'device-fault', code: 'dispenser_unknown_state' }])
    expect(see(lookOf({ state: 'out-of-order' }), filling, first.memory).events).toEqual([])
  })
  it('lifting and returning the nozzle are told, hanging at the start is not', () => {
    expect(kinds(lookOf({ nozzleOut: true }), idle, fresh)).toEqual(['nozzle-lifted'])
    expect(kinds(lookOf(), idle, lifted)).toEqual(['nozzle-returned'])
    expect(kinds(lookOf(), idle, fresh)).toEqual([])
  })
  it('a suspended sale and its going on follow the device', () => {
    expect(kinds(running(1_000, { state: 'suspended' }), filling)).toEqual(['suspended'])
    expect(kinds(running(1_000), { kind: 'suspended', open: open(1_000) })).toEqual(['resumed'])
  })
})
