import { ok } from '@baari/shared/faults/result'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { bookingId } from '@baari/shared/units/names'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { chainStart, nextChain } from '../../src/adapters/postgres/sync/chain-hash.ts'
import { readLine } from '../../src/app/sync/read-ops.ts'
import { receiveBatch } from '../../src/app/sync/receive-batch.ts'
import { replayDeferred } from '../../src/app/sync/replay-deferred.ts'
import type { RecordEffect } from '../../src/domain/sync/op-effects.ts'
import type { StationSession } from '../../src/ports/station-sessions.ts'
import { anyPlate, soldBooking, type CloudStores, type StoresUnderTest } from './cloud-stores.ts'

type Op = { readonly k: string; readonly e?: number; readonly b: object }

/** What every implementation of StationStreams and StationLedgers promises. */
export function streamsContract(name: string, under: StoresUnderTest): void {
  describe(`${name}: station streams`, () => {
    let stores: CloudStores
    let session: StationSession
    let lines: Uint8Array[]
    let chain: string[]

    beforeEach(async () => {
      stores = await under.open()
      const { station } = stores
      const epoch = stores.uuid().replaceAll('-', '')
      session = { stationNo: station, instance: stores.uuid(), generation: 1, epoch }
      await stores.sessions.transact(station, async (tx) => {
        await tx.saveInstance(session.instance, 1)
        await tx.openEpoch({ epoch, prev: null })
      })
      lines = []
      chain = [chainStart(station, epoch, 'ledger')]
    })
    afterAll(() => under.dispose())

    const add = (...ops: readonly Op[]): void => {
      for (const { k, e = 0, b } of ops) {
        const s = lines.length + 1
        const line = Buffer.from(JSON.stringify({ s, k, e, t: stores.clock.now(), m: s, b }))
        lines.push(line)
        chain.push(nextChain(chain[s - 1] ?? '', line))
      }
    }
    const send = (first = 1, last = lines.length) =>
      receiveBatch(
        {
          streams: stores.streams,
          clock: stores.clock,
          nextHash: nextChain,
          finishCancels: () => Promise.resolve(),
        },
        session,
        {
          ...{ stream: 'ledger', epoch: session.epoch, generation: 1, first },
          prevChain: chain[first - 1] ?? '',
          sentAtMs: stores.clock.now(),
          lines: lines.slice(first - 1, last).map(readLine),
        },
      )
    const keyOf = () => ({
      ...{ stationNo: session.stationNo, epoch: session.epoch, stream: 'ledger' as const },
    })
    const vehicle = (n: number): Op => {
      const by = '00000000-0000-7000-8000-0000000000a0'
      return { k: 'vehicle.recorded', b: { plate: `MH12AB${n}`, retestDay: 21_000, by } }
    }
    const settled = (fill: string, mass: number, booking: string | null = null): readonly Op[] => {
      const amountPaise = Math.floor((mass * 9_000 + 500) / 1_000)
      const totals = { totaliserBeforeGrams: 100, totaliserAfterGrams: 100 + mass }
      const who = { position: 1, ticket: fill, booking, grams: mass, amountPaise }
      const ref = lines.length + 1
      return [
        { k: 'entity', b: { ref, type: 'fill', uuid: fill } },
        {
          k: 'fill.settled',
          e: ref,
          b: { ...who, ...totals, pricePaisePerKg: 9_000, recovered: false },
        },
      ]
    }

    it('what was applied is there: head, raw lines, and nothing beyond', async () => {
      add(vehicle(1), vehicle(2), vehicle(3))
      expect(await send()).toMatchObject({ ok: true, value: { ack: 3, chain: chain[3] } })
      const { streams } = stores
      expect(await streams.head(keyOf())).toEqual({
        currentEpoch: session.epoch,
        head: { seq: 3, chain: chain[3] },
      })
      const raw = await streams.rawOps(keyOf(), { from: 2, to: 9 })
      expect(raw?.map((line) => Buffer.from(line).toString())).toEqual(
        lines.slice(1).map((line) => Buffer.from(line).toString()),
      )
      expect(await streams.rawOps({ ...keyOf(), epoch: 'ab' }, { from: 1, to: 9 })).toBeUndefined()
    })

    it('a batch that overlaps is applied once, a gap and another history are told', async () => {
      add(...settled(stores.uuid(), 1_000), vehicle(1))
      await send(1, 2)
      expect(await send(1, 3)).toMatchObject({ ok: true, value: { ack: 3 } })
      expect(await send(1, 3)).toMatchObject({ ok: true, value: { ack: 3, chain: chain[3] } })
      const ledger = await stores.ledgers.ledger(session.stationNo)
      expect(ledger).toMatchObject({ fills: 1, grams: 1_000, amountPaise: 9_000 })
      add(vehicle(4), vehicle(5))
      expect(await send(5, 5)).toEqual({ ok: false, error: { error: 'gap', expected: 4 } })
      chain[2] = '00'.repeat(32)
      expect(await send(3, 4)).toMatchObject({ ok: false, error: { error: 'fork' } })
    })

    it('verdicts other than applied are told again with a lost answer', async () => {
      add(vehicle(1), { k: 'no.such', b: {} }, { k: 'shift.closed', e: 77, b: shiftBody })
      const first = await send()
      expect(first.ok && first.value.results).toEqual([
        { seq: 2, verdict: 'deferred', code: 'kind_unknown' },
        { seq: 3, verdict: 'rejected', code: 'entity_unknown' },
      ])
      expect(await send()).toMatchObject({
        ok: true,
        value: { results: first.ok ? first.value.results : [] },
      })
      const ledger = await stores.ledgers.ledger(session.stationNo)
      expect(ledger).toMatchObject({ deadLetters: 1 })
    })

    it('a deferred op is offered once to each reader, and has its effects when one reads it', async () => {
      const { streams, clock } = stores
      add(vehicle(1), { k: 'no.such', b: {} })
      await send()
      const waits = async (reader: string): Promise<boolean> => {
        const keys = await streams.deferred(reader, 1_000)
        return keys.some(({ epoch }) => epoch === session.epoch)
      }
      const finishCancels = () => Promise.resolve()
      expect(await waits('v1')).toBe(true)
      await replayDeferred({ streams, clock, reader: 'v1', finishCancels })
      expect(await waits('v1')).toBe(false)
      expect(await waits('v2')).toBe(true)
      const fill = stores.uuid()
      const sale = saleEffect(fill, { seq: 2, grams: 1_000, at: clock.now() })
      await streams.transact(keyOf(), async (tx) => {
        expect(await tx.deferred({ reader: 'v2', limit: 9 })).toMatchObject([
          { seq: 2, code: 'kind_unknown' },
        ])
        const known = await tx.load(noNames, new Map())
        const outcome = { seq: 2, verdict: 'applied', code: null, effects: [sale] } as const
        const op = { seq: 2, kind: 'fill.settled', entityRef: 0, eventAtMs: null, outcome }
        const read = { known, touched: new Set<string>(), recvAtMs: clock.now(), reader: 'v2' }
        await tx.rewrite({ ops: [op], ...read })
      })
      expect(await waits('v3')).toBe(false)
      expect(await send()).toMatchObject({ ok: true, value: { ack: 2, results: [] } })
      const ledger = await stores.ledgers.ledger(session.stationNo)
      expect(ledger).toMatchObject({ fills: 1, grams: 1_000 })
    })

    it('a value the store cannot hold is found by halving; the ops around it are applied', async () => {
      add(
        vehicle(1),
        { k: 'vehicle.recorded', b: { ...vehicle(2).b, plate: 'MH\u0000' } },
        vehicle(3),
      )
      const received = await send()
      expect(received).toMatchObject({
        ok: true,
        value: { ack: 3, results: [{ seq: 2, verdict: 'rejected', code: 'sql_error' }] },
      })
    })

    it('work that rejects leaves neither ops nor a moved head', async () => {
      const { streams } = stores
      const failed = streams.transact(keyOf(), async (tx) => {
        const known = await tx.load(noNames, new Map())
        const op = { seq: 1, kind: 'gap', entityRef: 0, raw: Buffer.from('{}'), eventAtMs: 0 }
        const outcome = { seq: 1, verdict: 'applied', code: null, effects: [] } as const
        const ops = [{ ...op, hash: 'ab'.repeat(32), outcome }]
        await tx.write({ ops, known, touched: new Set(), recvAtMs: 0, clockOffsetMs: null })
        throw new RangeError('killed here')
      })
      await expect(failed).rejects.toThrow('killed here')
      expect((await streams.head(keyOf())).head).toEqual({ seq: 0, chain: chain[0] })
      expect(await streams.rawOps(keyOf(), { from: 1, to: 1 })).toEqual([])
    })

    it('a use and its booking move together, from claim to gas to sale', async () => {
      const { book } = stores
      const booking = await soldBooking(stores)
      const [ticket, fill] = [stores.uuid(), stores.uuid()]
      const use = { booking: booking.id, useNo: 1 }
      const told = { lane: 1, verdict: 'ADMIT', ticket, rev: 1, offline: false, forced: false }
      const states: string[] = []
      const step = async (...ops: readonly Op[]): Promise<void> => {
        const from = lines.length + 1
        add(...ops)
        await send(from)
        states.push((await book.find(booking.id))?.state ?? '')
      }
      await step({ k: 'checkin.claimed', b: { ...use, ...told } })
      await step({ k: 'checkin.redeemed', b: { ...use, fill } })
      await step(...settled(fill, 3_000, booking.id))
      expect(states).toEqual(['checked_in', 'filling', 'completed'])
      const ledger = await stores.ledgers.ledger(session.stationNo)
      expect(ledger).toMatchObject({ checkIns: 1, fills: 1, exceptions: 0 })
      expect((await book.find(booking.id))?.version).toBe(4)
      const [sale] = await stores.ledgers.sales(session.stationNo, { limit: 5, after: null })
      expect(sale).toMatchObject({ fill, booking: booking.id, grams: 3_000, flag: 'normal' })
    })

    it('a kiosk sale is there once; a vehicle with a live booking keeps that one', async () => {
      const { book } = stores
      const plate = anyPlate()
      const made = (id: string, codeN: number): Op => ({
        k: 'booking.made',
        b: { ...kioskSale(stores.clock.now()), booking: id, plate, codeN },
      })
      const [first, second] = [stores.uuid(), stores.uuid()]
      add(made(first, 23), made(first, 23), made(second, 24))
      expect(await send()).toMatchObject({
        ok: true,
        value: { results: [{ seq: 3, verdict: 'flagged', code: 'vehicle_has_booking' }] },
      })
      const found = await book.find(bookingId(first))
      expect(found).toMatchObject({ ...{ state: 'active', channel: 'kiosk', plate, version: 1 } })
      expect(found?.lease).toEqual({ term: kioskTerm, fence: 3 })
      expect((await book.find(bookingId(second)))?.id).toBe(second)
      const change = { state: 'cancelled' } as const
      if (found !== undefined) {
        await book.transact(async (tx) => ok(await tx.bookings.change(found, change)))
      }
      const third = stores.uuid()
      add(made(third, 25), made(stores.uuid(), 25))
      expect(await send(4)).toMatchObject({
        ok: true,
        value: { results: [{ seq: 5, verdict: 'deferred', code: 'sql_error' }] },
      })
    })

    it('another station’s check-in is an exception and moves no booking', async () => {
      const other = await under.open()
      const booking = await soldBooking(other)
      const body = {
        booking: booking.id,
        useNo: 1,
        lane: 1,
        verdict: 'ADMIT',
        ticket: stores.uuid(),
      }
      add({ k: 'checkin.claimed', b: { ...body, rev: 1, offline: true, forced: false } })
      const received = await send()
      expect(received.ok && received.value.results[0]?.verdict).toBe('flagged')
      expect((await other.book.find(booking.id))?.state).toBe('active')
    })
  })
}

const noNames = { refs: [], bookings: [], plates: [], fills: [], shifts: [] }

const shiftBody = {
  countedCashPaise: 0,
  expectedCashPaise: 0,
  fills: 0,
  grams: 0,
  amountPaise: 0,
}

const kioskTerm = '00000000-0000-7000-8000-00000000cafe'

function kioskSale(now: number) {
  return {
    windowStartMs: Math.ceil(now / slotMs) * slotMs,
    ...{ expiresMs: now + 1_800_000, vehicleClass: 'auto', nozzle: 'ngv1' },
    ...{ grams: 4_000, retestDay: 21_500, code: '123456789' },
    ...{ codeDay: 20_000, codeSlot: 7, pricePaisePerKg: 9_450 },
    ...{ workMilliMinutes: 3_000, term: kioskTerm, fence: 3, cells: [[now, 3_000, 4_000]] },
    by: '00000000-0000-7000-8000-0000000000a0',
  }
}

type Sold = { readonly seq: number; readonly grams: number; readonly at: number }

/** What a reader that knows the kind makes of a sale. */
function saleEffect(fill: string, { seq, grams: mass, at }: Sold): RecordEffect {
  const totals = { totaliserBeforeGrams: 100, totaliserAfterGrams: 100 + mass }
  const money = { amountPaise: mass * 9, pricePaisePerKg: 9_000 }
  const who = { position: 1, ticket: fill, booking: null, grams: mass, recovered: false }
  const body = { ...who, ...money, ...totals }
  return { kind: 'record', fact: 'fill.settled', seq, atMs: at, entity: fill, body }
}
