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
  const about = { booking, ticket, fill, position, mass, before, amountPaise }
  const lane = 1 + Math.floor(prng.next() * 2)
  const streak = Math.floor(prng.next() * 3)
  return [
    { atMs: arrivesMs, ops: checkedIn(about, { arrivesMs, lane }) },
    {
      atMs: later(4),
      ops: [
        op('ticket.called', ofTicket(about), {
          ...{ position, step: 'booked-turn', staged: false },
          ...{ streak, limit: 3 },
        }),
      ],
    },
    ...fillMoments(about, { authorisedMs: later(6), command: ids.uuid(), prng }),
  ]
}

type About = {
  readonly booking: string
  readonly ticket: string
  readonly fill: string
  readonly position: number
  readonly mass: number
  readonly before: number
  readonly amountPaise: number
}

const ofBooking = ({ booking }: About) => ({ type: 'booking', uuid: booking }) as const
const ofFill = ({ fill }: About) => ({ type: 'fill', uuid: fill }) as const
const ofTicket = ({ ticket }: About) => ({ type: 'ticket', uuid: ticket }) as const

function checkedIn(
  about: About,
  { arrivesMs, lane }: { readonly arrivesMs: number; readonly lane: number },
): readonly Op[] {
  const { booking, ticket } = about
  return [
    op('ticket.opened', ofTicket(about), {
      kind: 'booked',
      number: null,
      vehicleClass: 'auto',
      nozzles: ['ngv1'],
      booking,
      arrivedAtMs: arrivesMs,
    }),
    op('checkin.claimed', ofBooking(about), {
      ...{ booking, useNo: 1, lane, verdict: 'ADMIT' },
      ...{ ticket, rev: 1, offline: true, forced: false, answer: null },
    }),
  ]
}

type Filling = { readonly authorisedMs: number; readonly command: string; readonly prng: Prng }

function fillMoments(about: About, { authorisedMs, command, prng }: Filling): readonly Moment[] {
  const { booking, ticket, fill, position, mass, before, amountPaise } = about
  const firstGramMs = authorisedMs + 9_000 + Math.floor(prng.next() * 4_000)
  const settledMs = firstGramMs + Math.round(mass / 0.15)
  const authorised = {
    ...{ position, ticket, command, limitGrams: 8_500 },
    ...{ pricePaisePerKg: price, totaliserBeforeGrams: before },
  }
  const settled = {
    ...{ position, ticket, booking, amountPaise, pricePaisePerKg: price },
    ...{ grams: mass, totaliserBeforeGrams: before, totaliserAfterGrams: before + mass },
    recovered: false,
  }
  return [
    { atMs: authorisedMs, ops: [op('fill.authorised', ofFill(about), authorised)] },
    {
      atMs: firstGramMs,
      ops: [op('checkin.redeemed', ofBooking(about), { booking, useNo: 1, fill })],
    },
    { atMs: settledMs, ops: [op('fill.settled', ofFill(about), settled)] },
    {
      atMs: settledMs + 20_000,
      ops: [
        op('payment.collected', ofFill(about), {
          ...{ fill, method: 'cash', amountPaise, by: attendant },
        }),
        op('ticket.closed', ofTicket(about), { reason: 'filled' }),
      ],
    },
  ]
}

/** Bodies are made as plain numbers; the outbox takes the branded ones, which are the same. */
function op(kind: Op['kind'], entity: Op['entity'], body: object): Op {
  return { kind, entity, body: body as Op['body'] }
}
