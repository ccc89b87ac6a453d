import { z } from 'zod'
import type { CellCapacity } from '../../domain/lease/capacity.ts'
import {
  leaseKinds,
  type LeaseAnswer,
  type LeaseKind,
  type LeaseRequest,
} from '../../domain/lease/term.ts'
import { grams } from '../../units/mass.ts'
import { instant } from '../../units/time.ts'
import { milliMinutes, perMille } from '../../units/work.ts'
import { instantField, uuidText } from '../scalars.ts'

/** Cells of a request at most: the horizon of 24 h and 30 min has 294. */
const mostCells = 400
/** Bytes of a request body; 294 cells are about 10 KB. */
export const leaseRequestBytes = 65_536

/** `[start ms, milli-minutes, grams]`: a cell is sent hundreds of times a day. */
const cell = z
  .tuple([z.int().multipleOf(300_000), z.int().min(0), z.int().min(0)])
  .transform(([start, work, gas]): CellCapacity => ({
    start: instant(start),
    work: milliMinutes(work),
    gas: grams(gas),
  }))
export const leaseCells = z.array(cell).max(mostCells)

/** The same as an op of the ledger stream carries it: as it was written, not parsed. */
export const opCells = z.array(z.tuple([z.int(), z.int().min(0), z.int().min(0)])).max(mostCells)

export type WireCell = [startMs: number, milliMinutes: number, grams: number]

export function wireCells(cells: readonly CellCapacity[]): WireCell[] {
  return cells.map(({ start, work, gas }) => [start, work, gas])
}

/** POST /v1/lease/{grant,borrow,return}: `no` counts the requests of the term. */
export const leaseRequest = z.object({
  no: z.int().min(1),
  term: uuidText,
  fence: z.int().min(1),
  from: instantField,
  to: instantField,
  cloudShare: z.int().min(0).max(1_000).transform(perMille),
  validUntil: instantField,
  cells: leaseCells,
  adopt: z.boolean().default(false),
  asks: z.array(z.string().max(64)).max(mostCells).default([]),
})

/** 200: what the cloud holds of the request's cells. 409 `fenced` names the newer term. */
export const leaseAnswer = z.object({
  no: z.int(),
  held: leaseCells,
  serverTimeMs: instantField,
})

export const leaseKindField = z.enum(leaseKinds)

export function requestOfWire(
  kind: LeaseKind,
  { no, term, fence, from, to, cloudShare, validUntil, ...rest }: z.output<typeof leaseRequest>,
): LeaseRequest {
  return { kind, no, term: { id: term, fence, from, to, cloudShare, validUntil }, ...rest }
}

/** The body of a request, the same bytes however often it is sent. */
export function wireOfRequest({ no, term, cells, adopt, asks }: LeaseRequest): string {
  const { id, fence, from, to, cloudShare, validUntil } = term
  const wire: z.input<typeof leaseRequest> = {
    ...{ no, term: id, fence, from, to, cloudShare, validUntil },
    ...{ cells: wireCells(cells), adopt, asks: [...asks] },
  }
  return JSON.stringify(wire)
}

export type LeaseAnswerWire = z.output<typeof leaseAnswer>

export function answerOfWire({ no, held }: LeaseAnswerWire): LeaseAnswer {
  return { no, held }
}
