import { laneNo, positionNo, ticketId, type LaneNo } from '@baari/shared/units/names'
import { beforeEach, describe, expect, it } from 'vitest'
import { laneGate, type LaneGate } from '../../../src/app/lane/lane-gate.ts'

const ticket = (n: number) => ticketId(`00000009-0000-7000-8000-00000000000${n}`)
const [first, second] = [ticket(1), ticket(2)]
const [lane1, lane2] = [laneNo(1), laneNo(2)]
/** Positions 1 and 2 lie in lane 1, position 3 in lane 2. */
const laneOf = (no: number): LaneNo => (no === 3 ? lane2 : lane1)

let moves: string[]
let gate: LaneGate
beforeEach(() => {
  moves = []
  gate = laneGate({
    laneOf,
    open: (lane) => void moves.push(`open ${lane}`),
    close: (lane) => void moves.push(`close ${lane}`),
  })
})
const called = (who: typeof first, no: number): void =>
  gate.called({ ticket: who, position: positionNo(no) })

describe('the gate of a lane', () => {
  it('opens for a walk-in that is called, once however often the call is told', () => {
    called(first, 1)
    called(first, 1)
    expect(moves).toEqual(['open 1'])
  })
  it('opens once for an admitted scan and its call, whichever is told first', () => {
    gate.admitted(first, lane1)
    called(first, 1)
    called(second, 2)
    gate.admitted(second, lane1)
    expect(moves).toEqual(['open 1', 'open 1'])
  })
  it('opens the lane of the position for a vehicle that was admitted in another one', () => {
    gate.admitted(first, lane1)
    called(first, 3)
    expect(moves).toEqual(['open 1', 'open 2'])
  })
  it('closes when the call is undone, and the next call of the same vehicle opens again', () => {
    called(first, 1)
    gate.released(first)
    gate.released(first)
    expect(moves).toEqual(['open 1', 'close 1'])
    called(first, 2)
    expect(moves).toEqual(['open 1', 'close 1', 'open 1'])
  })
  it('does not close before a vehicle that was let in after the one whose call was undone', () => {
    called(first, 1)
    called(second, 2)
    gate.released(first)
    expect(moves).toEqual(['open 1', 'open 1'])
  })
})
