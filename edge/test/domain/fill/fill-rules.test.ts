import { describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { decideFill } from '../../../src/domain/fill/fill-rules.ts'
import type { FillEffect, FillEvent, FillState } from '../../../src/domain/fill/fill-states.ts'
import {
  authorise,
  deliveredOf,
  flow,
  idle,
  intent,
  limits,
  open,
  opening,
  reading,
  reserve,
  sale,
  terms,
  totals,
} from './fill-examples.ts'

type Run = { readonly state: FillState; readonly effects: readonly FillEffect[] }

function play(start: FillState, ...events: readonly FillEvent[]): Run {
  return events.reduce<Run>(
    ({ state, effects }, event) => {
      const next = decideFill(state, event, limits)
      return { state: next.state, effects: [...effects, ...next.effects] }
    },
    { state: start, effects: [] },
  )
}

/** Effects in short: rows by their kind, the rest by theirs. */
function told(run: Run): readonly string[] {
  return run.effects.map((e) => (e.kind === 'write' ? `row:${e.row.kind}` : e.kind))
}

const ended: FillEvent = { kind: 'ended' }
const settle: FillEvent = { kind: 'settle' }
const acknowledged: FillEvent = { kind: 'acknowledged' }
const authorised: FillState = { kind: 'authorised', open: open() }
const filling: FillState = { kind: 'filling', open: open(3_000) }

describe('an ordinary fill', () => {
  const run = play(
    idle,
    reserve,
    authorise,
    acknowledged,
    flow(300),
    flow(8_000),
    ended,
    totals(8_000),
    settle,
  )

  it('settles the totaliser difference at the price of the authorisation', () => {
    expect(run.state).toMatchObject({ kind: 'settled', amountPaise: 75_600, flag: 'none' })
    expect(deliveredOf(run.state)).toBe(8_000)
  })
  it('writes every row before the act that it allows', () => {
    expect(told(run)).toEqual([
      'row:reserve',
      'row:intent',
      'authorise',
      'row:ack',
      'row:checkpoint',
      'redeem',
      'ticket',
      'row:checkpoint',
      'read-totals',
      'row:complete',
      'close',
      'settle-next',
      'row:settle',
      'ticket',
    ])
  })
})

describe('before gas flows', () => {
  it('D09: a nozzle lifted and returned without flow is void and frees the use', () => {
    const run = play(
      authorised,
      { kind: 'nozzle-lifted' },
      { kind: 'nozzle-returned' },
      { kind: 'void-window' },
      totals(0),
    )
    expect(run.state).toMatchObject({ kind: 'voided', cause: 'no-flow' })
    expect(told(run)).toEqual([
      'stop',
      'await-quiet',
      'read-totals',
      'row:void',
      'release',
      'ticket',
      'close',
    ])
  })
  it('an authorisation that nobody used is cancelled at the device when it expires', () => {
    const run = play(authorised, { kind: 'authorise-expired' })
    expect(run.state).toMatchObject({ kind: 'completing', cause: 'expired' })
    expect(told(run)).toContain('stop')
  })
  it('an expiry that comes after the first gram changes nothing', () => {
    expect(play(filling, { kind: 'authorise-expired' })).toEqual({ state: filling, effects: [] })
  })
  it('an authorise whose answer was lost is stopped, never sent again', () => {
    const run = play({ kind: 'authorising', open: open() }, { kind: 'unanswered' })
    expect(run.state).toMatchObject({ kind: 'completing', cause: 'unanswered' })
    expect(told(run)).not.toContain('authorise')
  })
  it('an authorise that the device rejected ends as refused once the totals are unchanged', () => {
    const run = play(
      { kind: 'authorising', open: open() },
      { kind: 'rejected' },
      { kind: 'void-window' },
      totals(0),
    )
    expect(run.state).toMatchObject({ kind: 'refused', cause: 'rejected' })
    expect(run.effects).toContainEqual({ kind: 'ticket', terms, became: 'returned' })
    expect(told(run)).not.toContain('release')
  })
  it('gas before the acknowledgement counts for the fill and the late answer is still recorded', () => {
    const run = play({ kind: 'authorising', open: open() }, flow(40), acknowledged)
    expect(run.state.kind).toBe('filling')
    expect(told(run)).toContain('row:ack')
  })
  it('X01: a trip withdraws a reserved fill without sending anything to the device but the stop', () => {
    const run = play({ kind: 'reserved', accountedGrams: opening, terms }, { kind: 'trip' })
    expect(run.state).toMatchObject({ kind: 'refused', cause: 'trip' })
    expect(told(run)).not.toContain('authorise')
  })
  it('gas that moved since the books were closed is an orphan before the intent, to the gram', () => {
    const run = play({ kind: 'reserved', accountedGrams: grams(opening - 730), terms }, authorise)
    expect(run.effects[0]).toMatchObject({
      row: { kind: 'orphan', meter: { deliveredGrams: 730, latestGrams: opening } },
    })
    expect(run.state).toMatchObject({ open: { meter: { openingGrams: opening } } })
  })
  it('D02: a totaliser that went back before the intent refuses the fill and freezes the nozzle', () => {
    const run = play({ kind: 'reserved', accountedGrams: grams(opening + 5), terms }, authorise)
    expect(run.state).toMatchObject({ kind: 'refused', cause: 'meter-reset' })
    expect(told(run)).toEqual(['row:refuse', 'ticket', 'row:meter-reset', 'alarm'])
  })
})

describe('while gas flows', () => {
  it('only the first gram redeems the use', () => {
    const run = play(authorised, flow(0), flow(1), flow(2), flow(900))
    expect(told(run).filter((what) => what === 'redeem')).toHaveLength(1)
  })
  it('an attendant who stops sends the stop before anything else', () => {
    expect(told(play(filling, { kind: 'stop' }))[0]).toBe('stop')
  })
  it('gas that runs on after the stop stays in the fill', () => {
    const run = play(filling, { kind: 'stop' }, flow(3_120), { kind: 'void-window' }, totals(3_150))
    expect(run.state).toMatchObject({ kind: 'completed' })
    expect(deliveredOf(run.state)).toBe(3_150)
  })
  it('a device that still runs when its totals are read is stopped again and read again', () => {
    const still: FillEvent = {
      kind: 'totals-read',
      reading: reading(opening + 3_200),
      atRest: false,
      sale: null,
    }
    const run = play({ kind: 'completing', open: open(3_000), cause: 'trip' }, still)
    expect(run.state.kind).toBe('completing')
    expect(told(run)).toEqual(['row:checkpoint', 'stop', 'await-quiet'])
  })
  it('D10: gas above preset and tolerance stops the device and raises the alarm once', () => {
    const run = play(filling, flow(8_200), flow(8_201), flow(8_300))
    expect(told(run).filter((what) => what === 'alarm')).toHaveLength(1)
    expect(told(run)).toContain('stop')
    expect(deliveredOf(run.state)).toBe(8_300)
  })
  it('D02: a meter that goes back in the middle ends the fill as a dispute with what was seen', () => {
    const run = play(filling, { kind: 'flow', reading: reading(12) })
    expect(run.state).toMatchObject({ kind: 'dispute', reason: 'meter-reset' })
    expect(deliveredOf(run.state)).toBe(3_000)
    expect(told(run)).toEqual(['stop', 'row:dispute', 'row:meter-reset', 'alarm', 'ticket'])
  })
  it('D01: a meter that rolls over in the middle goes on counting exactly', () => {
    const near = grams(limits.meter.widthGrams - 100)
    const start: FillState = {
      kind: 'filling',
      open: {
        ...open(),
        meter: { openingGrams: near, latestGrams: near, deliveredGrams: grams(0) },
      },
    }
    expect(deliveredOf(play(start, { kind: 'flow', reading: reading(250) }).state)).toBe(350)
  })
  it('a device fault stops the device and keeps the fill open until it can be read', () => {
    const run = play(
      filling,
      { kind: 'device-fault', code: 'dispenser_unknown_state' },
      { kind: 'link-back' },
      totals(3_400),
    )
    expect(run.state).toMatchObject({ kind: 'completed', cause: 'fault' })
    expect(deliveredOf(run.state)).toBe(3_400)
    expect(told(play(run.state, settle))).toEqual(['row:settle', 'ticket'])
  })
  it('D14: totals of a device that is out of order again end no fault of it, gas or not', () => {
    const out: FillEvent = { kind: 'device-fault', code: 'dispenser_unknown_state' }
    const still = (moved: number): FillEvent => ({
      kind: 'totals-read',
      reading: reading(opening + moved),
      atRest: false,
      sale: null,
    })
    expect(play(idle, out, still(0)).state.kind).toBe('fault')
    expect(play(idle, out, still(40)).state).toMatchObject({ kind: 'orphan', ended: false })
    expect(play(idle, out, totals(0, null)).state).toEqual(idle)
  })
  it('D06: a link lost in the middle changes nothing; the totals after it close the fill', () => {
    const run = play(filling, { kind: 'link-lost' }, { kind: 'link-back' }, ended, totals(5_000))
    expect(deliveredOf(run.state)).toBe(5_000)
  })
  it('a suspended sale goes on only by the device reporting that it does', () => {
    const run = play(
      filling,
      { kind: 'suspended' },
      { kind: 'flow', reading: reading(opening + 3_000) },
    )
    expect(run.state.kind).toBe('suspended')
    expect(play(run.state, { kind: 'resumed' }).state.kind).toBe('filling')
  })
})

describe('the closing of a fill', () => {
  const completing: FillState = { kind: 'completing', open: open(7_990), cause: 'device' }

  it('a device sale within one count agrees', () => {
    expect(play(completing, totals(8_000, sale(8_001))).state.kind).toBe('completed')
  })
  it('a device sale two counts away is a dispute and the totaliser stands', () => {
    const run = play(completing, totals(8_000, sale(8_002)))
    expect(run.state).toMatchObject({ kind: 'dispute', reason: 'sale-differs' })
    expect(deliveredOf(run.state)).toBe(8_000)
  })
  it('D15: an equal sale with the sequence of the one before is not this one', () => {
    const run = play(completing, totals(8_000, sale(8_000, { sequence: 41 })))
    expect(run.state).toMatchObject({ kind: 'dispute', reason: 'sale-missing' })
  })
  it('D13: a sequence that wrapped to its first number still follows', () => {
    const wrapped: FillState = {
      kind: 'completing',
      cause: 'device',
      open: { ...open(7_990), intent: { ...intent, deviceSequence: 65_535 } },
    }
    expect(play(wrapped, totals(8_000, sale(8_000, { sequence: 1 }))).state.kind).toBe('completed')
  })
  it('a meter without a sale log is believed by its totaliser alone', () => {
    const meterOnly: FillState = {
      kind: 'completing',
      cause: 'device',
      open: { ...open(7_990), intent: { ...intent, deviceSequence: null } },
    }
    expect(play(meterOnly, totals(8_000, null)).state.kind).toBe('completed')
  })
  it('a first gram that only the closing totals show redeems the use', () => {
    const run = play(authorised, ended, totals(12))
    expect(told(run)).toContain('redeem')
  })
  it('D11: a price that changed meanwhile does not touch the fill', () => {
    const run = play(completing, totals(8_000), settle)
    expect(run.state).toMatchObject({ terms: { pricePaisePerKg: 9_450 }, amountPaise: 75_600 })
  })
  it('D05: a second settle does nothing', () => {
    const once = play(completing, totals(8_000), settle)
    expect(play(once.state, settle).effects).toEqual([])
  })
})

describe('gas without a fill', () => {
  it('D07: a sale in manual mode is an orphan that ends with the totals at rest', () => {
    const run = play(idle, flow(250), flow(4_000), ended, totals(4_100, null))
    expect(run.state).toMatchObject({ kind: 'orphan', ended: true })
    expect(deliveredOf(run.state)).toBe(4_100)
    expect(told(run)).not.toContain('stop')
  })
  it('an unchanged totaliser after the link came back is nothing', () => {
    const run = play(idle, { kind: 'link-back' }, totals(0, null))
    expect(run).toMatchObject({ state: idle })
    expect(told(run)).toEqual(['read-totals'])
  })
  it('a lifted nozzle without a fill is shown as calling and authorises nothing', () => {
    const run = play(idle, { kind: 'nozzle-lifted' })
    expect(run).toEqual({ state: { kind: 'calling', accountedGrams: opening }, effects: [] })
  })
  it('D07: a manual sale on a reserved nozzle refuses the fill and is an orphan', () => {
    const refused = play({ kind: 'reserved', accountedGrams: opening, terms }, flow(90))
    expect(refused.state).toMatchObject({ kind: 'refused', cause: 'interlock' })
    expect(told(refused)).toEqual(['row:refuse', 'ticket', 'read-totals'])
    expect(play(idle, flow(180)).state).toMatchObject({ kind: 'orphan', ended: false })
  })
})
