import { cloudShare, termLength } from '@baari/shared/domain/lease/term'
import { refusal } from '@baari/shared/faults/no'
import { err, ok } from '@baari/shared/faults/result'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { stationNo } from '@baari/shared/units/names'
import { after, dayNumber, instant, millis, minutes, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Booking } from '../../src/domain/booking/booking.ts'
import type { CellRange } from '../../src/ports/sales.ts'
import { bookingAt, lend, price, type CloudStores, type StoresUnderTest } from './cloud-stores.ts'

/** What every implementation of SaleBook, Leases, LeaseAsks and Stations promises. */
export function salesContract(name: string, under: StoresUnderTest): void {
  describe(`${name}: the seller’s books`, () => {
    let stores: CloudStores
    let start: Instant
    let range: CellRange

    beforeEach(async () => {
      stores = await under.open()
      start = instant(Math.ceil(stores.clock.now() / slotMs) * slotMs)
      const station = stationNo(stores.station)
      range = { station, from: start, to: after(start, minutes(15)) }
      await grant(6_000, 10_000)
    })
    afterAll(() => under.dispose())

    const grant = (work: number, gas: number): Promise<void> =>
      lend(
        stores,
        [0, 1, 2].map((n) => ({
          start: after(start, millis(n * slotMs)),
          work: milliMinutes(work),
          gas: grams(gas),
        })),
      )
    const free = async () =>
      (await stores.book.freeCells(range)).map(({ work, gas }) => [work, gas])
    const taken = (work: number, gas: number) => ({
      ...{ start, work: milliMinutes(work), gas: grams(gas) },
    })
    const sell = (booking: Booking, cells = [taken(3_000, 4_000)]) =>
      stores.book.transact(async (tx) => {
        await tx.cells.lock(range)
        if (!(await tx.cells.take(booking.station, cells))) return err(refusal('window_full'))
        return (await tx.bookings.insert(booking, cells))
          ? ok(booking)
          : err(refusal('vehicle_has_booking'))
      })

    it('a cell sells what was granted and not a gram more; what was taken is given back once', async () => {
      const booking = bookingAt(stores, start)
      expect((await sell(booking)).ok).toBe(true)
      expect(await free()).toEqual([
        [3_000, 6_000],
        [6_000, 10_000],
        [6_000, 10_000],
      ])
      expect((await sell(bookingAt(stores, start), [taken(3_001, 10)])).ok).toBe(false)
      expect((await sell(bookingAt(stores, start), [taken(10, 6_001)])).ok).toBe(false)
      expect(await free()).toEqual([
        [3_000, 6_000],
        [6_000, 10_000],
        [6_000, 10_000],
      ])
      for (const _ of [1, 2]) {
        await stores.book.transact(async (tx) => ok(await tx.cells.giveBack(booking.id)))
      }
      expect((await free())[0]).toEqual([6_000, 10_000])
    })

    it('a shrink below what is sold leaves nothing free and takes nothing back', async () => {
      await sell(bookingAt(stores, start))
      await grant(2_000, 3_000)
      expect((await free())[0]).toEqual([0, 0])
      expect((await sell(bookingAt(stores, start), [taken(1, 1)])).ok).toBe(false)
      await grant(6_000, 10_000)
      expect((await free())[0]).toEqual([3_000, 6_000])
    })

    it('a term is on sale from its grant until it ends, and again once it is renewed', async () => {
      const { book, clock } = stores
      const { station } = range
      const term = () => book.transact(async (tx) => ok(await tx.cells.term(station)))
      const mark = await term()
      expect(mark).toMatchObject({ ok: true, value: { fence: 1 } })
      expect(await book.term(station)).toMatchObject({ fence: 1, cloudShare })
      expect(await book.term(stationNo(9_998))).toBeUndefined()
      clock.advance(termLength)
      expect(await term()).toEqual(ok(undefined))
      expect(await book.term(station)).toBeUndefined()
      await grant(6_000, 10_000)
      expect(await term()).toEqual(mark)
    })

    it('a new term ends what it does not name, and what is sold stays sold', async () => {
      await sell(bookingAt(stores, start))
      const { clock, uuid } = stores
      const [from, to] = [clock.now(), range.to]
      const validUntil = after(from, termLength)
      const term = { id: uuid(), fence: 2, from, to, cloudShare, validUntil }
      const second = after(start, millis(slotMs))
      const cells = [{ start: second, work: milliMinutes(5_000), gas: grams(9_000) }]
      await lend(stores, cells, { term, no: 1 })
      expect(await free()).toEqual([
        [0, 0],
        [5_000, 9_000],
        [0, 0],
      ])
      const held = await stores.leases.transact(range.station, async (tx) => ({
        ...{ fence: tx.held?.term.fence, no: tx.held?.no },
        first: (await tx.cells([start]))[0]?.sold,
        all: (await tx.cells({ from: start })).length,
      }))
      const sold = { work: 3_000, gas: 4_000 }
      expect(held).toEqual({ fence: 2, no: 1, first: sold, all: 3 })
    })

    it('an ask is kept once, until a grant has answered it', async () => {
      const { asks, clock } = stores
      const need = { work: milliMinutes(3_000), gas: grams(4_000) }
      const ask = { station: range.station, windowStart: start, need, now: clock.now() }
      await asks.put(ask)
      await asks.put({ ...ask, now: after(clock.now(), minutes(1)) })
      const id = `${stores.station}/${start}`
      expect(await stores.asked()).toEqual([id])
      await lend(stores, [], { asks: ['0/0', id] })
      expect(await stores.asked()).toEqual([])
    })

    it('a lease of nobody is no transaction, and work that rejects lends nothing', async () => {
      const { leases } = stores
      expect(await leases.transact(stationNo(9_998), () => Promise.resolve(1))).toBeUndefined()
      const before = await leases.transact(range.station, ({ held }) => Promise.resolve(held))
      const failed = leases.transact(range.station, async (tx) => {
        const [cell] = await tx.cells([start])
        if (cell === undefined || tx.held === undefined) return
        const cells = [{ ...cell, granted: { work: milliMinutes(1), gas: grams(1) } }]
        await tx.save({ held: { ...tx.held, no: 99 }, cells, asks: [], now: stores.clock.now() })
        throw new RangeError('killed here')
      })
      await expect(failed).rejects.toThrow('killed here')
      expect(await leases.transact(range.station, ({ held }) => Promise.resolve(held))).toEqual(
        before,
      )
      expect((await free())[0]).toEqual([6_000, 10_000])
    })

    it('an error rolls everything back', async () => {
      const booking = bookingAt(stores, start)
      const ended = await stores.book.transact(async (tx) => {
        await tx.cells.take(booking.station, [taken(3_000, 4_000)])
        await tx.bookings.insert(booking, [taken(3_000, 4_000)])
        return err(refusal('window_full'))
      })
      expect(ended.ok).toBe(false)
      expect(await stores.book.find(booking.id)).toBeUndefined()
      expect((await free())[0]).toEqual([6_000, 10_000])
    })

    it('a vehicle has one live booking, until it is over', async () => {
      const first = bookingAt(stores, start)
      await sell(first, [taken(10, 10)])
      const again = { ...bookingAt(stores, start), plate: first.plate }
      expect((await sell(again, [taken(10, 10)])).ok).toBe(false)
      await stores.book.transact(async (tx) =>
        ok(await tx.bookings.change(first, { state: 'cancelled' })),
      )
      expect((await sell(again, [taken(10, 10)])).ok).toBe(true)
    })

    it('a request finds what it made, and a second one makes nothing', async () => {
      const driver = await stores.driver()
      const made = bookingAt(stores, start, { driver, requestKey: 'k1' })
      await sell(made, [taken(10, 10)])
      expect((await stores.book.findByRequest(driver, 'k1'))?.id).toBe(made.id)
      expect(await stores.book.findByRequest(driver, 'k2')).toBeUndefined()
      const twin = bookingAt(stores, start, { driver, requestKey: 'k1' })
      expect((await sell(twin, [taken(10, 10)])).ok).toBe(false)
      expect((await stores.book.ofDriver(driver, { before: undefined, limit: 5 })).length).toBe(1)
    })

    it('a change finds its version or changes nothing, and the row reads as it was written', async () => {
      const booking = bookingAt(stores, start, {
        holdUntil: after(start, minutes(1)),
        state: 'held',
      })
      await sell(booking)
      expect(await stores.book.find(booking.id)).toEqual(booking)
      const codePlace = { day: dayNumber(20_000), slot: 7, n: 3 }
      const proof = { token: 'BAARI1:x', code: '123456789', codePlace }
      const change = { state: 'confirmed', holdUntil: undefined, proof } as const
      const apply = (known: Booking) =>
        stores.book.transact(async (tx) => ok(await tx.bookings.change(known, change)))
      expect(await apply(booking)).toEqual(ok(true))
      expect(await apply(booking)).toEqual(ok(false))
      const moved = { ...booking, ...change, version: 2 }
      expect(await stores.book.find(booking.id)).toEqual(moved)
      const slots = [{ day: codePlace.day, slot: 7 }]
      const used = await stores.book.transact(async (tx) =>
        ok(await tx.bookings.usedCodes(booking.station, slots)),
      )
      expect(used).toEqual(ok([codePlace]))
    })

    it('what is due is found by its own time, oldest first and bounded', async () => {
      const late = bookingAt(stores, after(start, millis(slotMs)))
      const early = bookingAt(stores, start)
      await sell(late, [taken(10, 10)])
      await sell(early, [taken(10, 10)])
      const query = { states: ['active'], column: 'windowStart', limit: 99 } as const
      const due = async (before: Instant) => {
        const found = await stores.book.due({ ...query, before })
        return found.filter((id) => id === late.id || id === early.id)
      }
      expect(await due(start)).toEqual([early.id])
      const bounded = await stores.book.due({ ...query, before: late.windowStart, limit: 1 })
      expect(bounded.length).toBe(1)
      expect(await due(after(start, minutes(5)))).toEqual([early.id, late.id])
      await stores.book.transact(async (tx) => ok(await tx.cells.giveBack(early.id)))
      const keeping = await stores.book.due({ ...query, before: start, keepingCapacity: true })
      expect(keeping).not.toContain(early.id)
    })

    it('running holds of a driver are counted', async () => {
      const driver = await stores.driver()
      for (const state of ['held', 'expiring', 'active'] as const) {
        await sell(bookingAt(stores, start, { driver, state }), [taken(10, 10)])
      }
      const held = await stores.book.transact(async (tx) =>
        ok(await tx.bookings.countHolds(driver)),
      )
      expect(held).toEqual(ok(2))
    })

    it('a station is found with its price and its secret', async () => {
      const { stations, clock } = stores
      const no = stationNo(stores.station)
      expect(await stations.find(no)).toMatchObject({ no, nozzles: ['ngv1'], workingPositions: 2 })
      expect(await stations.priceAt(no, clock.now())).toBe(price)
      expect(await stations.priceAt(no, instant(0))).toBeUndefined()
      expect((await stations.codeSecret(no))?.length).toBe(32)
      expect(await stations.find(stationNo(9_998))).toBeUndefined()
    })
  })
}
