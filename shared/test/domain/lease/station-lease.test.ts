import { beforeEach, describe, expect, it } from 'vitest'
import { noCapacity } from '../../../src/domain/lease/capacity.ts'
import {
  cloudTarget,
  ownFree,
  ownGrant,
  type StationCell,
} from '../../../src/domain/lease/station-cells.ts'
import {
  acknowledgedTerm,
  decideLease,
  type LeaseBook,
  type LeaseEvent,
  type LeaseMove,
} from '../../../src/domain/lease/station-lease.ts'
import type { LeaseRequest } from '../../../src/domain/lease/term.ts'
import { grams } from '../../../src/units/mass.ts'
import { after, hours, instant, minutes, type Instant } from '../../../src/units/time.ts'
import { milliMinutes } from '../../../src/units/work.ts'
import { CloudSide, contextAt, StationSide } from './lease-world.ts'

const noon = instant(1_760_000_400_000)
const inTwoHours = after(noon, hours(2))
const car = { work: milliMinutes(4_050), gas: grams(8_000) }
const due = (starts: boolean): LeaseEvent => ({ kind: 'due', starts, asks: [] })

let cloud: CloudSide
let station: StationSide
beforeEach(() => {
  cloud = new CloudSide()
  station = new StationSide()
})

function decide(event: LeaseEvent, at: Instant = noon, positions = 4): LeaseMove {
  const move = decideLease(station.book, event, contextAt(at, positions))
  station.book = { lease: move.lease, cells: move.cells }
  return move
}

function pending(): LeaseRequest {
  const { pending: request } = station
  if (request === undefined) throw new Error('a request waits')
  return request
}

/** Sends what waits and hears the answer, until nothing waits. */
function exchange(at: Instant = noon): void {
  for (let count = 0; count < 6 && station.pending !== undefined; count += 1) {
    const request = pending()
    station.hear(request, cloud.receive(request, at), contextAt(at))
    decide(due(false), at)
  }
}

function opened(at: Instant = noon): void {
  decide(due(true), at)
  exchange(at)
}

const cellAt = (start: Instant, { cells }: LeaseBook = station.book): StationCell => {
  const cell = cells.find((each) => each.start === start)
  if (cell === undefined) throw new Error('a cell of the horizon')
  return cell
}

describe('a new station', () => {
  it('opens a term with fence 1 that lends 70 % of the flat cap of every cell, and keeps 30 %', () => {
    const { ops } = decide(due(true))
    expect(pending()).toMatchObject({ kind: 'grant', no: 1, adopt: false, term: { fence: 1 } })
    expect(pending().cells).toHaveLength(294)
    expect(ops.map(({ kind }) => kind)).toEqual(['lease.granted'])
    const cell = cellAt(inTwoHours)
    expect([cell.bookable.work, cell.cloud.work]).toEqual([10_000, 7_000])
    expect(ownFree(cell, true).work).toBe(3_000)
  })

  it('sells nothing before the cloud has acknowledged the term', () => {
    decide(due(true))
    expect(acknowledgedTerm(station.book.lease)).toBeUndefined()
    expect(station.sell(inTwoHours, car, noon)).toBeUndefined()
    exchange()
    expect(station.sell(inTwoHours, car, noon)).toHaveLength(2)
  })

  it('an unanswered opening is sent again word for word, also after the five minutes', () => {
    decide(due(true))
    const first = pending()
    decide(due(true), after(noon, minutes(5)))
    expect(pending()).toBe(first)
  })
})

describe('a round', () => {
  it('renews to an hour from now, then takes what no remote channel sells any more', () => {
    opened()
    const later = after(noon, minutes(5))
    decide(due(true), later)
    expect(pending()).toMatchObject({ kind: 'grant', term: { validUntil: after(later, hours(1)) } })
    // One cell has entered the horizon.
    expect(pending().cells).toHaveLength(1)
    exchange(later)
    expect(cellAt(after(noon, minutes(15))).cloud).toEqual(noCapacity)
    expect(cellAt(after(noon, minutes(20))).cloud.work).toBe(7_000)
  })

  it('between rounds nothing is asked', () => {
    opened()
    expect(decide(due(false)).ops).toEqual([])
    expect(station.pending).toBeUndefined()
  })

  it('gives back what was borrowed and not sold', () => {
    opened()
    decide({ kind: 'wanted', cells: [{ start: inTwoHours, ...car }] })
    exchange()
    expect(cellAt(inTwoHours).cloud.work).toBe(7_000 - 4_050)
    decide(due(true), after(noon, minutes(5)))
    exchange(after(noon, minutes(5)))
    expect([cellAt(inTwoHours).cloud.work, cellAt(inTwoHours).borrowed.work]).toEqual([7_000, 0])
  })

  it('a position that closed shrinks the next four hours; what the cloud sold shows as over there', () => {
    opened()
    expect(cloud.sell(inTwoHours, { work: milliMinutes(7_000), gas: grams(1) }, noon)).toBeDefined()
    decide(due(true), noon, 2)
    exchange()
    const cell = cellAt(inTwoHours)
    // 35 % of two positions: 3,500, of which the cloud has sold 7,000 under the older grant.
    expect([cell.bookable.work, cell.cloud.work, cell.over]).toEqual([3_500, 7_000, true])
    expect(ownGrant(cell, true).work).toBe(0)
    expect(cellAt(after(noon, hours(6))).bookable.work).toBe(10_000)
  })

  it('an ask is answered from half of what the station has free, up to what was asked', () => {
    opened()
    const ask = { id: 'a', windowStart: inTwoHours, work: milliMinutes(2_000), gas: grams(0) }
    decide({ kind: 'due', starts: true, asks: [ask] })
    expect(pending().asks).toEqual(['a'])
    exchange()
    expect(cellAt(inTwoHours).cloud.work).toBe(7_000 + 1_500)
    expect(cellAt(after(inTwoHours, minutes(5))).cloud.work).toBe(7_000 + 500)
  })
})

describe('giving and taking', () => {
  it('the cloud gives what is unsold, and the station gains only when it hears of it', () => {
    opened()
    cloud.sell(inTwoHours, { work: milliMinutes(5_000), gas: grams(1) }, noon)
    const { ops } = decide({ kind: 'wanted', cells: [{ start: inTwoHours, ...car }] })
    expect(ops).toEqual([])
    expect(ownFree(cellAt(inTwoHours), true).work).toBe(3_000)
    exchange()
    expect(ownFree(cellAt(inTwoHours), true).work).toBe(3_000 + 2_000)
  })

  it('what the station lends more of is its loss before the request goes out', () => {
    opened()
    const ask = { id: 'a', windowStart: inTwoHours, work: milliMinutes(1_000), gas: grams(0) }
    decide({ kind: 'due', starts: true, asks: [ask] })
    expect(ownFree(cellAt(inTwoHours), true).work).toBe(2_000)
  })

  it('a grant that arrived and was never answered is the cloud’s, also when the term has run out', () => {
    decide(due(true), noon, 2)
    exchange()
    decide(due(true), noon, 4)
    cloud.receive(pending(), noon)
    const over = after(noon, minutes(63))
    decide(due(true), over, 4)
    expect(cloud.cells.get(inTwoHours)?.granted.work).toBe(7_000)
    expect(station.free(inTwoHours, over)).toBe(6 * 3_000)
  })

  it('an answer to another request changes nothing', () => {
    opened()
    decide(due(true), after(noon, minutes(5)))
    const before = station.book
    decide({ kind: 'answered', answer: { no: 99, held: [] } })
    expect(station.book).toEqual(before)
  })
})

describe('with the link down', () => {
  const cut = after(noon, minutes(63))

  it('beyond the own share nothing is promised until validUntil and two minutes', () => {
    opened()
    const far = after(noon, hours(25))
    decide(due(true), after(noon, minutes(30)))
    // That request never arrives; an hour later the term has run out by the station's clock.
    const atEnd = after(noon, minutes(91))
    decide(due(true), atEnd)
    expect(ownFree(cellAt(far), true).work).toBe(3_000)
    expect(station.free(far, atEnd)).toBe(6 * 3_000)
    const over = after(noon, minutes(93))
    decide(due(true), over)
    expect(station.free(far, over)).toBe(6 * 10_000)
  })

  it('minutes the cloud was given stay in doubt until it answers, however long that takes', () => {
    opened()
    decide(due(true), cut)
    expect(station.free(inTwoHours, cut)).toBe(6 * 3_000)
  })
})

describe('a history that is not whole', () => {
  it('a restored ledger opens a newer term and sells nothing the lost part may have sold', () => {
    opened()
    decide({ kind: 'forgot' })
    expect(pending()).toMatchObject({ no: 1, adopt: true, term: { fence: 2 } })
    exchange()
    expect(station.sell(inTwoHours, car, noon)).toBeUndefined()
    expect(cloud.sell(inTwoHours, car, noon)).toBeDefined()
  })

  it('it raises nothing the cloud has: the lost part may have borrowed and sold it', () => {
    opened()
    const backup = station.book
    decide({
      kind: 'wanted',
      cells: [{ start: inTwoHours, work: milliMinutes(7_000), gas: grams(1) }],
    })
    exchange()
    station.book = backup
    decide({ kind: 'forgot' })
    exchange()
    expect(cloud.cells.get(inTwoHours)?.granted.work).toBe(0)
    expect(cloudTarget(cellAt(inTwoHours)).work).toBe(0)
  })

  it('an empty ledger is fenced by the term it never knew of', () => {
    opened()
    station.book = { lease: { kind: 'unopened' }, cells: [] }
    decideLease(station.book, due(true), contextAt(noon, 4, 'other'))
    station.decide(due(true), contextAt(noon, 4, 'other'))
    const request = pending()
    station.hear(request, cloud.receive(request, noon), contextAt(noon, 4, 'third'))
    expect(pending()).toMatchObject({ adopt: true, term: { fence: 2, id: 'third' } })
  })

  it('a cloud that lost requests gets a new term; the station goes on selling its own', () => {
    opened()
    decide(due(true), after(noon, minutes(5)))
    const request = pending()
    decide({ kind: 'fenced', no: request.no, fence: 1, term: request.term.id })
    expect(pending()).toMatchObject({ adopt: false, term: { fence: 2 } })
    exchange()
    expect(station.sell(inTwoHours, car, noon)).toBeDefined()
  })

  it('a fence told of another request is no news', () => {
    opened()
    decide(due(true), after(noon, minutes(5)))
    const before = station.book
    decide({ kind: 'fenced', no: 99, fence: 7, term: 'x' })
    expect(station.book).toEqual(before)
  })
})
