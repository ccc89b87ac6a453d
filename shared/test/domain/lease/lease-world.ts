import { spanOf } from '../../../src/domain/slots/shown-room.ts'
import { planTaking, type Need } from '../../../src/domain/slots/taking-plan.ts'
import { plus, type CellCapacity } from '../../../src/domain/lease/capacity.ts'
import {
  answerTo,
  cellsAfter,
  judgeRequest,
  termAfter,
  type CloudCell,
  type HeldTerm,
} from '../../../src/domain/lease/cloud-lease.ts'
import { ownFree, ownGrant, type StationCell } from '../../../src/domain/lease/station-cells.ts'
import {
  acknowledgedTerm,
  decideLease,
  pendingRequest,
  type LeaseBook,
  type LeaseContext,
  type LeaseEvent,
} from '../../../src/domain/lease/station-lease.ts'
import {
  inForce,
  mayStillSell,
  type LeaseAnswer,
  type LeaseFenced,
  type LeaseRequest,
} from '../../../src/domain/lease/term.ts'
import { less } from '../../../src/domain/lease/capacity.ts'
import { sellable } from '../../../src/domain/slots/windows.ts'
import { grams } from '../../../src/units/mass.ts'
import type { Instant } from '../../../src/units/time.ts'

export type Told = { readonly answer: LeaseAnswer } | { readonly fenced: LeaseFenced }

/** The cloud of one station over the real rules, its rows in memory. */
export class CloudSide {
  held: HeldTerm | undefined
  readonly cells = new Map<Instant, CloudCell>()

  receive(request: LeaseRequest, now: Instant): Told {
    const verdict = judgeRequest(this.held, request)
    if (verdict.kind === 'fenced') return { fenced: verdict }
    if (verdict.kind === 'repeat') return { answer: verdict.answer }
    const known = [...this.cells.values()]
    const after = cellsAfter(known, request, verdict.kind)
    for (const cell of after) this.cells.set(cell.start, cell)
    const term = termAfter(this.held, request, now)
    const answer = answerTo(request, after)
    this.held = { term, no: request.no, answer }
    return { answer }
  }

  /** Sells a window as the cloud does; undefined when there is no room or no term. */
  sell(windowStart: Instant, need: Need, now: Instant): readonly CellCapacity[] | undefined {
    if (this.held === undefined || !inForce(this.held.term, now)) return undefined
    if (!sellable(windowStart, now).ok) return undefined
    const free = spanOf([...this.cells.values()], windowStart).map((cell) => ({
      start: cell.start,
      ...less(cell.granted, cell.sold),
    }))
    const plan = planTaking(free, need)
    if (!plan.ok) return undefined
    for (const { start, ...taken } of plan.value) {
      const cell = this.cells.get(start) as CloudCell
      this.cells.set(start, { ...cell, sold: plus(cell.sold, taken) })
    }
    return plan.value
  }
}

/** The station over the real rules; what a restart or a restored backup keeps is the book. */
export class StationSide {
  book: LeaseBook = { lease: { kind: 'unopened' }, cells: [] }

  decide(event: LeaseEvent, context: LeaseContext): void {
    const { lease, cells } = decideLease(this.book, event, context)
    this.book = { lease, cells }
  }

  get pending(): LeaseRequest | undefined {
    return pendingRequest(this.book.lease)
  }

  hear(request: LeaseRequest, told: Told, context: LeaseContext): void {
    if ('answer' in told) this.decide({ kind: 'answered', answer: told.answer }, context)
    else this.decide({ kind: 'fenced', no: request.no, ...told.fenced }, context)
  }

  sell(windowStart: Instant, need: Need, now: Instant): readonly CellCapacity[] | undefined {
    const term = acknowledgedTerm(this.book.lease)
    if (term === undefined) return undefined
    const runs = mayStillSell(term, now)
    const own = spanOf(this.book.cells, windowStart)
    const plan = planTaking(
      own.map((cell) => ownFree(cell, runs)),
      need,
    )
    if (!plan.ok) return undefined
    const cells = [...this.book.cells]
    for (const { start, ...taken } of plan.value) {
      const at = cells.findIndex((cell) => cell.start === start)
      const cell = cells[at] as StationCell
      cells[at] = { ...cell, sold: plus(cell.sold, taken) }
    }
    this.book = { ...this.book, cells }
    return plan.value
  }

  free(windowStart: Instant, now: Instant): number {
    const term = acknowledgedTerm(this.book.lease)
    if (term === undefined) return 0
    const runs = mayStillSell(term, now)
    return spanOf(this.book.cells, windowStart).reduce(
      (sum, cell) => sum + ownFree(cell, runs).work,
      0,
    )
  }

  granted(cell: StationCell, now: Instant) {
    const term = acknowledgedTerm(this.book.lease)
    return ownGrant(cell, term !== undefined && mayStillSell(term, now))
  }
}

export function contextAt(now: Instant, positions = 4, termId = 'term-1'): LeaseContext {
  return {
    facts: {
      positionsNow: positions,
      positionsPlanned: 4,
      compressorGramsPerHour: grams(900_000),
      storedGrams: grams(0),
    },
    forecast: null,
    now,
    termId,
  }
}
