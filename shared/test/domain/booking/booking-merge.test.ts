import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  joinFacts,
  noFacts,
  saleFact,
  stateOfFacts,
  useFact,
  type BookingFacts,
  type UseState,
} from '../../../src/domain/booking/booking-merge.ts'
import { bookingStates } from '../../../src/domain/booking/booking-state.ts'

const sales = [
  'waitlisted',
  'held',
  'expiring',
  'active',
  'confirmed',
  'cancel_pending',
  'expired',
  'no_show',
  'cancelled',
] as const
const useStates = ['checked_in', 'filling', 'part_filled', 'completed', 'released'] as const
const use = (useNo: number, seq: number, state: UseState): BookingFacts =>
  useFact(useNo, { at: { epochNo: 1, seq }, state })
const stateOf = (...facts: readonly BookingFacts[]) =>
  stateOfFacts(facts.reduce(joinFacts, noFacts))

const anyFact: fc.Arbitrary<BookingFacts> = fc.oneof(
  fc.constantFrom(...sales).map(saleFact),
  fc
    .record({
      useNo: fc.integer({ min: 1, max: 3 }),
      at: fc.record({ epochNo: fc.integer({ min: 1, max: 2 }), seq: fc.nat(9) }),
      state: fc.constantFrom(...useStates),
    })
    .map(({ useNo, at, state }) => useFact(useNo, { at, state })),
)
const anyFacts = fc.array(anyFact, { maxLength: 12 })
const joined = (facts: readonly BookingFacts[]): BookingFacts => facts.reduce(joinFacts, noFacts)

describe('booking merge', () => {
  it('facts joined in any order make the same state', () => {
    fc.assert(
      fc.property(
        anyFacts.chain((facts) =>
          fc.tuple(
            fc.constant(facts),
            fc.shuffledSubarray(facts, { minLength: facts.length, maxLength: facts.length }),
          ),
        ),
        ([facts, shuffled]) => {
          expect(joined(shuffled)).toEqual(joined(facts))
          expect(stateOfFacts(joined(shuffled))).toBe(stateOfFacts(joined(facts)))
        },
      ),
    )
  })

  it('facts joined twice, or in groups, change nothing', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, anyFacts, (a, b, c) => {
        const [x, y, z] = [joined(a), joined(b), joined(c)]
        expect(joinFacts(x, x)).toEqual(x)
        expect(joinFacts(joinFacts(x, y), y)).toEqual(joinFacts(x, y))
        expect(joinFacts(joinFacts(x, y), z)).toEqual(joinFacts(x, joinFacts(y, z)))
      }),
    )
  })

  it('the ranks are those of the sync page', () => {
    expect(bookingStates.join(' < ')).toBe(
      'waitlisted < held < expiring < active < confirmed < cancel_pending < expired < no_show < ' +
        'cancelled < checked_in < filling < part_filled < completed',
    )
  })

  it('of two facts of the sale the higher stands', () => {
    for (const [i, low] of sales.entries()) {
      for (const high of sales.slice(i)) expect(stateOf(saleFact(high), saleFact(low))).toBe(high)
    }
  })

  it('a check-in outranks a cancel, whichever is heard first', () => {
    expect(stateOf(saleFact('cancelled'), use(1, 5, 'checked_in'))).toBe('checked_in')
    expect(stateOf(use(1, 5, 'checked_in'), saleFact('cancelled'))).toBe('checked_in')
  })

  it('a released use leaves the set: the cancel counts again', () => {
    const facts = [saleFact('cancelled'), use(1, 5, 'checked_in'), use(1, 6, 'released')]
    expect(stateOf(...facts)).toBe('cancelled')
    expect(stateOf(...facts.toReversed())).toBe('cancelled')
  })

  it('among the ops of one use the highest station sequence stands', () => {
    expect(stateOf(use(1, 9, 'checked_in'), use(1, 7, 'part_filled'))).toBe('checked_in')
    expect(stateOf(use(1, 6, 'released'), use(1, 7, 'checked_in'))).toBe('checked_in')
  })

  it('an op of a later epoch is later, although its sequence began again', () => {
    const laterEpoch = useFact(1, { at: { epochNo: 2, seq: 2 }, state: 'completed' })
    expect(stateOf(use(1, 900, 'checked_in'), laterEpoch)).toBe('completed')
  })

  it('the second use of a pass shows although the first one completed', () => {
    expect(stateOf(use(1, 5, 'completed'), use(2, 9, 'checked_in'))).toBe('checked_in')
    expect(stateOf(use(1, 5, 'completed'), use(2, 9, 'released'))).toBe('completed')
  })

  it('nothing known is no state', () => {
    expect(stateOf()).toBeUndefined()
    expect(stateOf(use(1, 1, 'released'))).toBeUndefined()
  })
})
