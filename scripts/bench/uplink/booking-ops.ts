import { amountFor, paisePerKg } from '@baari/shared/units/money'
import { grams } from '@baari/shared/units/mass'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Prng } from '@baari/shared/runtime/chance'
import type { Op } from './bench-commands.ts'

/** Facts of one moment of a booking: they share a transaction and so a time. */
export type Moment = { readonly atMs: number; readonly ops: readonly Op[] }

/** Ops of one booking as the node writes them, the `entity` ops that introduce it included. */
export const opsPerBooking = 11

const price = paisePerKg(9_137)
const attendant = '0190a5b0-0000-7000-8000-0000000000a1'
const minuteMs = 60_000

export type Making = {
  readonly ids: IdSource
  readonly prng: Prng
  /** Totaliser of each position, carried on from booking to booking. */
  readonly totalisers: number[]
}

/**
 * What one booked vehicle leaves in the outbox, with the bodies the use-cases write: check-in,
 * call, authorise, first gram, settlement, payment, and the end of its place in the queue.
 */
export function bookingMoments(
  { ids, prng, totalisers }: Making,
  { booking, arrivesMs }: { readonly booking: string; readonly arrivesMs: number },
): readonly Moment[] {
  const ticket = ids.uuid()
  const fill = ids.uuid()
  const position = 1 + Math.floor(prng.next() * totalisers.length)
  const mass = 3_000 + Math.floor(prng.next() * 5_500)
  const before = totalisers[position - 1] ?? 0
  totalisers[position - 1] = before + mass
  const amountPaise = amountFor(grams(mass), price)
  const later = (minutes: number): number =>
    Math.round(arrivesMs + minutes * minuteMs + prng.next() * minuteMs)
  const ofBooking = { type: 'booking', uuid: booking } as const
  const ofFill = { type: 'fill', uuid: fill } as const
  const ofTicket = { type: 'ticket', uuid: ticket } as const
  const called = later(4)
  const authorised = later(6)
  const firstGram = authorised + 9_000 + Math.floor(prng.next() * 4_000)
  const settled = firstGram + Math.round(mass / 0.15)
  return [
    {
      atMs: arrivesMs,
      ops: [
        op('ticket.opened', ofTicket, {
          kind: 'booked',
          number: null,
          vehicleClass: 'auto',
          nozzles: ['ngv1'],
          booking,
          arrivedAtMs: arrivesMs,
        }),
        op('checkin.claimed', ofBooking, {
          ...{ booking, useNo: 1, lane: 1 + Math.floor(prng.next() * 2), verdict: 'ADMIT' },
          ...{ ticket, rev: 1, offline: true, forced: false, answer: null },
        }),
      ],
    },
    {
      atMs: called,
      ops: [
        op('ticket.called', ofTicket, {
          ...{ position, step: 'booked', staged: false },
          ...{ streak: Math.floor(prng.next() * 3), limit: 3 },
        }),
      ],
    },
    {
      atMs: authorised,
      ops: [
        op('fill.authorised', ofFill, {
          ...{ position, ticket, command: ids.uuid(), limitGrams: 8_500 },
          ...{ pricePaisePerKg: price, totaliserBeforeGrams: before },
        }),
      ],
    },
    { atMs: firstGram, ops: [op('checkin.redeemed', ofBooking, { booking, useNo: 1, fill })] },
    {
      atMs: settled,
      ops: [
        op('fill.settled', ofFill, {
          ...{ position, ticket, booking, amountPaise, pricePaisePerKg: price },
          ...{ grams: mass, totaliserBeforeGrams: before, totaliserAfterGrams: before + mass },
          recovered: false,
        }),
      ],
    },
    {
      atMs: settled + 20_000,
      ops: [
        op('payment.collected', ofFill, { fill, method: 'cash', amountPaise, by: attendant }),
        op('ticket.closed', ofTicket, { reason: 'filled' }),
      ],
    },
  ]
}

/** Bodies are made as plain numbers; the outbox takes the branded ones, which are the same. */
function op(kind: Op['kind'], entity: Op['entity'], body: object): Op {
  return { kind, entity, body: body as Op['body'] }
}
