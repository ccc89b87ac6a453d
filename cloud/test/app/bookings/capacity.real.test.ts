import type { BookingId } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { saleTxOf } from '../../../src/adapters/postgres/sale-book.ts'
import { inTransaction } from '../../../src/adapters/postgres/pool.ts'
import { cancelBooking, finalCancel } from '../../../src/app/bookings/cancel-booking.ts'
import { confirmHold } from '../../../src/app/bookings/confirm-hold.ts'
import { sweepBookings } from '../../../src/app/bookings/sweep-bookings.ts'
import { brokenCells } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

const driverCount = 12
let at: SaleWorld
beforeAll(async () => {
  at = await saleWorld(2, driverCount)
})
afterAll(() => at?.dispose())

type Act =
  | { readonly kind: 'book' | 'hold'; readonly driver: number; readonly cell: number }
  | { readonly kind: 'confirm' | 'cancel' | 'acknowledge'; readonly which: number }
  | { readonly kind: 'sweep' }
  /** The station lends for fewer positions, or for all of them again. */
  | { readonly kind: 'lend'; readonly positions: number }
type Round = { readonly acts: readonly Act[]; readonly minutesAfter: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('book' as const, 'hold' as const),
      driver: fc.nat(driverCount - 1),
      cell: fc.integer({ min: 4, max: 9 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('confirm' as const, 'cancel' as const, 'acknowledge' as const),
      which: fc.nat(30),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lend' as const),
      positions: fc.integer({ min: 0, max: 2 }),
    }),
  },
)
const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 10 }),
    minutesAfter: fc.constantFrom(0, 1, 4, 11, 45),
  }),
  { minLength: 2, maxLength: 6 },
)

it('whatever is held, confirmed, cancelled, swept and lent at once, cells hold exactly what bookings took', async () => {
  await fc.assert(
    fc.asyncProperty(rounds, async (plan) => {
      await at.reset()
      const made: { readonly id: BookingId; readonly driver: string }[] = []
      for (const { acts, minutesAfter } of plan) {
        // All settled before the next look, so that a failing run leaves nothing under way.
        const ended = await Promise.allSettled(acts.map((each) => perform(each, made)))
        expect(ended.filter(({ status }) => status === 'rejected')).toEqual([])
        at.clock.advance(minutes(minutesAfter))
        expect(await brokenCells(at.world.pool)).toEqual([])
        expect(await brokenBookings()).toEqual([])
      }
    }),
    { numRuns: Number(process.env['BAARI_RUNS'] ?? 25) },
  )
})

it('sales, holds, cancels and sweeps of the runs above never waited for each other in a circle', async () => {
  const { rows } = await at.world.pool.query(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  )
  expect(rows).toEqual([{ deadlocks: 0 }])
})

type Made = { readonly id: BookingId; readonly driver: string }

async function perform(each: Act, made: Made[]): Promise<void> {
  const { sale } = at
  switch (each.kind) {
    case 'book':
    case 'hold': {
      const window = at.windowIn(each.cell * 5)
      const sold = await at.book(each.driver, window, each.kind === 'hold')
      if (sold.ok) made.push({ id: sold.value.id, driver: sold.value.driver ?? '' })
      return
    }
    case 'confirm':
    case 'cancel':
    case 'acknowledge':
      await changeOwn(each.kind, made[each.which % Math.max(1, made.length)])
      return
    case 'lend':
      await lendOnce(each.positions)
      return
    case 'sweep':
      await sweepBookings(sale)
  }
}

async function changeOwn(
  kind: 'confirm' | 'cancel' | 'acknowledge',
  own: Made | undefined,
): Promise<void> {
  const { sale, world } = at
  if (own === undefined) return
  if (kind === 'acknowledge') {
    await inTransaction(world.pool, (client) => finalCancel(saleTxOf(client, at.clock), own.id))
    return
  }
  await (kind === 'confirm' ? confirmHold(sale, own) : cancelBooking(sale, own))
}

let lending: Promise<void> = Promise.resolve()

/** A station's requests come one at a time; two at once would race for the next fence. */
function lendOnce(positions: number): Promise<void> {
  lending = lending.then(() => at.seed(positions))
  return lending
}

/** Ended bookings that keep capacity, vehicles booked twice, phones with a third hold. */
async function brokenBookings(): Promise<readonly unknown[]> {
  const { rows } = await at.world.pool.query<Record<string, unknown>>(`
    SELECT 'keeps capacity' AS what, b.id::text AS who FROM booking b
      JOIN booking_cell c ON c.booking_id = b.id
      WHERE b.state IN ('cancelled', 'expired')
    UNION SELECT 'booked twice', plate FROM booking
      WHERE state IN ('held', 'expiring', 'active', 'confirmed', 'cancel_pending')
      GROUP BY plate HAVING count(*) > 1
    UNION SELECT 'third hold', driver_id::text FROM booking
      WHERE state IN ('held', 'expiring') GROUP BY driver_id HAVING count(*) > 2
    UNION SELECT 'valid without proof', id::text FROM booking
      WHERE state IN ('active', 'confirmed') AND (token IS NULL OR code IS NULL)`)
  return rows
}
