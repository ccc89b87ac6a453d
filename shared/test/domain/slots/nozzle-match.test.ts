import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fitsNozzles,
  matchSpan,
  noQueue,
  withQueue,
  type MatchRules,
  type NozzleClaim,
  type PositionNozzles,
} from '../../../src/domain/slots/nozzle-match.ts'
import type { NozzleType } from '../../../src/units/names.ts'
import { instant, minutes, type Millis } from '../../../src/units/time.ts'

/** Class A of the table is NGV1, class B the high-flow profile. */
const [A, B] = ['ngv1', 'ngv2'] as const
const three: PositionNozzles = [[A], [A, B], [A, B]]
const fourOneHighFlow: PositionNozzles = [[A], [A], [A], [A, B]]

const claim = (nozzle: NozzleType, atMinute = 0, lasts = minutes(5)): NozzleClaim => ({
  nozzle,
  start: instant(minutes(1_000 + atMinute)),
  duration: lasts,
})

/** Asks one after the other; what is accepted stays booked. */
function asked(
  wishes: readonly NozzleClaim[],
  positions: PositionNozzles,
  rules: MatchRules = noQueue,
): readonly boolean[] {
  const booked: NozzleClaim[] = []
  return wishes.map((wish) => {
    const fits = fitsNozzles(wish, booked, { positions, rules })
    if (fits) booked.push(wish)
    return fits
  })
}

describe('nozzles: every order of arrival is served', () => {
  it('R1 three positions take A, two of them also B: A three times, then it is full for A and B', () => {
    expect(
      asked(
        [A, A, A, A, B].map((n) => claim(n)),
        three,
      ),
    ).toEqual([true, true, true, false, false])
  })

  it('R2 B and A are taken; a further B or A is refused, since some order would leave B without', () => {
    expect(
      asked(
        [B, A, B].map((n) => claim(n)),
        three,
      ),
    ).toEqual([true, true, false])
    expect(
      asked(
        [B, A, A].map((n) => claim(n)),
        three,
      ),
    ).toEqual([true, true, false])
  })

  it('R3 B and B are taken, then A is refused: it could stand where the second B has to go', () => {
    expect(
      asked(
        [B, B, A].map((n) => claim(n)),
        three,
      ),
    ).toEqual([true, true, false])
  })

  it('R5 one position takes B and a booked A may need it: B is refused', () => {
    expect(asked([claim(A), claim(B)], [[A, B]])).toEqual([true, false])
    expect(asked([claim(A), claim(B)], [[A], [A, B]])).toEqual([true, false])
  })

  it('R6 the only B position is booked: what overlaps is refused, what comes after it is not', () => {
    const wishes = [claim(B), claim(A), claim(B, 4), claim(B, 5), claim(A, -5)]
    expect(asked(wishes, [[A], [A, B]])).toEqual([true, false, false, true, true])
  })

  it('R8 a position out of service takes its place with it, and without any nothing is taken', () => {
    const wishes = [A, A, A].map((n) => claim(n))
    expect(asked(wishes, three.slice(1))).toEqual([true, true, false])
    expect(asked(wishes, [])).toEqual([false, false, false])
  })

  it('a nozzle the station has not is refused', () => {
    expect(asked([claim(B)], [[A], [A]])).toEqual([false])
  })
})

describe('nozzles when a queue exists', () => {
  it('vehicles whose nozzle every position has are no matter of nozzles, however many', () => {
    const wishes = Array.from({ length: 40 }, () => claim(A))
    expect(asked(wishes, [[A], [A]], withQueue)).not.toContain(false)
  })

  it('a scarce position takes what reaches it in ten minutes when all of a window come at once', () => {
    const vans = Array.from({ length: 4 }, () => claim(B, 0, minutes(5)))
    expect(asked(vans, fourOneHighFlow, withQueue)).toEqual([true, true, true, false])
    const behindAnA = asked([claim(A), ...vans], fourOneHighFlow, withQueue)
    expect(behindAnA).toEqual([true, true, true, false, false])
  })

  it('a bus is taken as soon as the one before it lets go in time, and not in the same window', () => {
    const at = (...starts: number[]) => starts.map((start) => claim(B, start, minutes(14)))
    expect(asked(at(0, 0), fourOneHighFlow, withQueue)).toEqual([true, false])
    expect(asked(at(0, 10, 15), fourOneHighFlow, withQueue)).toEqual([true, false, true])
    expect(asked(at(0, 15, 30, 45), fourOneHighFlow, withQueue)).not.toContain(false)
  })

  it('an earlier window is refused when its vehicle would keep a later one from its nozzle', () => {
    const booked = claim(B, 10, minutes(14))
    expect(asked([booked, claim(B, 0, minutes(14))], fourOneHighFlow, withQueue)).toEqual([
      true,
      false,
    ])
  })

  it('bookings further away than the match span change no answer', () => {
    const wish = claim(B, 0, minutes(14))
    const { from, to } = matchSpan(wish.start)
    const far = [-400, -300, 300, 400].map((at) => claim(B, at, minutes(14)))
    expect(far.every(({ start }) => start < from || start > to)).toBe(true)
    const seen = { positions: fourOneHighFlow, rules: withQueue }
    expect(fitsNozzles(wish, far, seen)).toBe(true)
  })
})

/** Plays one order of arrival with one choice of position each; true when nobody has to wait. */
function isServed(
  order: readonly NozzleClaim[],
  positions: PositionNozzles,
  choose: (open: readonly number[]) => number,
): boolean {
  const taken = new Set<number>()
  return order.every(({ nozzle }) => {
    const open = positions.flatMap((has, at) =>
      has.includes(nozzle) && !taken.has(at) ? [at] : [],
    )
    if (open.length === 0) return false
    taken.add(choose(open))
    return true
  })
}

const nozzle = fc.constantFrom(A, B)
const anyPositions = fc.array(fc.constantFrom<readonly NozzleType[]>([A], [B], [A, B]), {
  minLength: 1,
  maxLength: 5,
})

describe('nozzles, any station', () => {
  it('what is accepted is served in any order with any choice of positions', () => {
    fc.assert(
      fc.property(
        anyPositions,
        fc.array(nozzle, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(1_000)),
        (positions, wishes, chance) => {
          const claims = wishes.map((n) => claim(n))
          const fits = asked(claims, positions)
          const next = () => chance.next().value ?? 0
          const order = claims
            .filter((_, at) => fits[at])
            .map((one) => ({ one, key: next() }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ one }) => one)
          const choose = (open: readonly number[]) => open[next() % open.length] ?? -1
          expect(isServed(order, positions, choose)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('what is refused could fail: some order and choice leaves somebody without a nozzle', () => {
    fc.assert(
      fc.property(
        anyPositions,
        fc.array(nozzle, { minLength: 1, maxLength: 4 }),
        (positions, list) => {
          const claims = list.map((n) => claim(n))
          const fits = asked(claims, positions)
          const refused = fits.indexOf(false)
          if (refused < 0) return
          const together = [...claims.slice(0, refused), claims[refused] as NozzleClaim]
          expect(someOrderFails(together, positions)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
})

/** Tries every order and every choice. */
function someOrderFails(left: readonly NozzleClaim[], positions: PositionNozzles): boolean {
  return left.some((one, at) => {
    const open = positions.filter((has) => has.includes(one.nozzle))
    if (open.length === 0) return true
    const rest = left.filter((_, other) => other !== at)
    return open.some((chosen) => someOrderFails(rest, without(positions, chosen)))
  })
}

function without(positions: PositionNozzles, chosen: readonly NozzleType[]): PositionNozzles {
  const at = positions.indexOf(chosen)
  return positions.filter((_, other) => other !== at)
}

const bus = fc.record({
  at: fc.integer({ min: 0, max: 8 }),
  lasts: fc.integer({ min: 2, max: 14 }),
})

it('with a queue nobody accepted waits more than ten minutes for a scarce nozzle, whoever comes when', () => {
  fc.assert(
    fc.property(
      fc.array(bus, { maxLength: 10 }),
      fc.integer({ min: 1, max: 2 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 10 })),
      (wishes, highFlow, chance) => {
        const positions = [[A], ...Array.from({ length: highFlow }, () => [A, B])]
        const claims = wishes.map(({ at, lasts }) => claim(B, at * 5, minutes(lasts)))
        const fits = asked(claims, positions, withQueue)
        const arrivals = claims
          .filter((_, at) => fits[at])
          .map(({ start, duration }) => ({
            came: start + minutes(chance.next().value ?? 0),
            duration,
          }))
        expect(longestWait(arrivals, highFlow)).toBeLessThanOrEqual(withQueue.wait)
      },
    ),
    { numRuns: 2_000 },
  )
})

type Arrival = { readonly came: number; readonly duration: Millis }

/** First come, first served, on the next position that is free. */
function longestWait(arrivals: readonly Arrival[], positions: number): number {
  const freeAt = Array.from({ length: positions }, () => 0)
  let longest = 0
  for (const { came, duration } of arrivals.toSorted((a, b) => a.came - b.came)) {
    const at = freeAt.indexOf(Math.min(...freeAt))
    const starts = Math.max(came, freeAt[at] ?? 0)
    freeAt[at] = starts + duration
    longest = Math.max(longest, starts - came)
  }
  return longest
}
