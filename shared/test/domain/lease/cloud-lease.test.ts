import { describe, expect, it } from 'vitest'
import { judgeRequest, type HeldTerm } from '../../../src/domain/lease/cloud-lease.ts'
import { openTerm } from '../../../src/domain/lease/station-requests.ts'
import {
  boundedValidity,
  clockGuard,
  inForce,
  leaseKinds,
  mayStillSell,
  termLength,
  type LeaseRequest,
} from '../../../src/domain/lease/term.ts'
import { grams } from '../../../src/units/mass.ts'
import { after, before, hours, instant, minutes } from '../../../src/units/time.ts'
import { milliMinutes } from '../../../src/units/work.ts'
import { CloudSide, contextAt } from './lease-world.ts'

const noon = instant(1_760_000_400_000)
const inTwoHours = after(noon, hours(2))

type Numbered = readonly [fence: number, no: number, id?: string]

function request(kind: LeaseRequest['kind'], [fence, no, id = 'a']: Numbered): LeaseRequest {
  const { request: opening } = openTerm({
    cells: [],
    context: contextAt(noon, 4, id),
    fence,
    closed: false,
  })
  return {
    ...opening,
    kind,
    no,
    cells: [{ start: inTwoHours, work: milliMinutes(500), gas: grams(9) }],
  }
}

const held = (fence: number, no: number, id = 'a'): HeldTerm => ({
  term: request('grant', [fence, no, id]).term,
  no,
  answer: { no, held: [] },
})

describe('what the cloud makes of a request', () => {
  it.each(leaseKinds)('%s: only a grant opens a term, and only with its first number', (kind) => {
    const opens = kind === 'grant' ? 'open' : 'fenced'
    expect(judgeRequest(undefined, request(kind, [1, 1])).kind).toBe(opens)
    expect(judgeRequest(undefined, request(kind, [1, 2])).kind).toBe('fenced')
    expect(judgeRequest(held(1, 7), request(kind, [2, 1, 'b'])).kind).toBe(opens)
    expect(judgeRequest(held(1, 7), request(kind, [2, 8, 'b'])).kind).toBe('fenced')
  })

  it.each(leaseKinds)(
    '%s: an older fence, and another term of the same fence, are fenced',
    (kind) => {
      const fenced = { kind: 'fenced', fence: 3, term: 'a' }
      expect(judgeRequest(held(3, 7), request(kind, [2, 8, 'b']))).toEqual(fenced)
      expect(judgeRequest(held(3, 7), request(kind, [3, 8, 'b']))).toEqual(fenced)
    },
  )

  it.each(leaseKinds)(
    '%s: the next number applies, the same repeats, a hole or an older one is fenced',
    (kind) => {
      const kinds = [7, 8, 6, 9].map((no) => judgeRequest(held(3, 7), request(kind, [3, no])).kind)
      expect(kinds).toEqual(['repeat', 'apply', 'fenced', 'fenced'])
    },
  )
})

describe('a term at the cloud', () => {
  it('is in force until validUntil by the cloud’s clock; the station waits two minutes longer', () => {
    const term = { validUntil: noon }
    expect([inForce(term, before(noon, minutes(1))), inForce(term, noon)]).toEqual([true, false])
    expect(mayStillSell(term, after(noon, minutes(1)))).toBe(true)
    expect(mayStillSell(term, after(noon, clockGuard))).toBe(false)
  })

  it('a station whose clock is a day ahead gets no more than an hour and the guard', () => {
    const longest = after(after(noon, termLength), clockGuard)
    expect(boundedValidity(after(noon, hours(24)), noon)).toBe(longest)
    expect(boundedValidity(after(noon, minutes(59)), noon)).toBe(after(noon, minutes(59)))
  })

  it('a new term ends what it does not name; what is sold stays sold', () => {
    const cloud = new CloudSide()
    const { request: first } = openTerm({
      cells: [],
      context: contextAt(noon, 4, 'a'),
      fence: 1,
      closed: false,
    })
    cloud.receive(first, noon)
    cloud.sell(inTwoHours, { work: milliMinutes(6_000), gas: grams(1) }, noon)
    cloud.receive(request('grant', [2, 1, 'b']), noon)
    expect(cloud.cells.get(inTwoHours)).toMatchObject({
      granted: { work: 500 },
      sold: { work: 6_000 },
    })
    expect(cloud.cells.get(after(noon, hours(3)))?.granted.work).toBe(0)
  })

  it('the same request twice has one effect', () => {
    const cloud = new CloudSide()
    cloud.receive(request('grant', [1, 1]), noon)
    const back = { ...request('return', [1, 2]), cells: request('grant', [1, 1]).cells }
    const answers = [cloud.receive(back, noon), cloud.receive(back, noon)]
    expect(answers[0]).toEqual(answers[1])
    expect(cloud.cells.get(inTwoHours)?.granted.work).toBe(1_000)
  })
})
