import { instant } from '@baari/shared/units/time'
import { stationNo } from '@baari/shared/units/names'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outOfTurnBookOf } from '../../../src/adapters/postgres/out-of-turn-book.ts'
import { stationStreams } from '../../../src/adapters/postgres/sync/stream-store.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { readOutOfTurn } from '../../../src/app/out-of-turn/read-out-of-turn.ts'
import { replayDeferred } from '../../../src/app/sync/replay-deferred.ts'
import { startSyncWorld, stationUnderTest, type SyncWorld } from '../../support/sync-world.ts'
import { TestStation } from '../../support/test-station.ts'

let world: SyncWorld
let station: TestStation

const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const [asha, ravi, meera] = [uuid(0xa1), uuid(0xa2), uuid(0xa3)]
const start = Date.parse('2026-11-24T11:30:00Z')

beforeEach(async () => {
  world = await startSyncWorld()
  await world.pool.query(
    `INSERT INTO attendant (id, station_no, name, role, pin_hash) VALUES
       ($1, $4, 'Asha Patel', 'attendant', 'x'), ($2, $4, 'Ravi', 'attendant', 'x'),
       ($3, $4, 'Meera Shah', 'manager', 'x')`,
    [asha, ravi, meera, stationUnderTest],
  )
  station = new TestStation(world.url, world.stationKey)
  expect((await station.signIn()).status).toBe(200)
  for (const n of [1, 2, 3])
    station.add({ k: 'entity', b: { ref: n, type: 'ticket', uuid: uuid(n) } })
})
afterEach(async () => {
  await world.stop()
})

type Change = { readonly by?: string; readonly t?: number; readonly [key: string]: unknown }

function force(n: number, { t = n * 60_000, ...change }: Change = {}): void {
  const e = n
  const b = { position: 1, step: 'override', streak: 0, limit: 2, staged: false }
  station.add({ k: 'ticket.called', e, t: start + t, b })
  station.add({
    k: 'ticket.called_out_of_turn',
    ...{ e, t: start + t },
    b: {
      ...{ call: uuid(0xc0 + n), position: 1, staged: false, reason: 'breakdown', note: null },
      ...{ by: asha, manager: meera, kind: 'walk-in', label: `W-${n}`, plateEnd: '7788' },
      ...{ vehicleClass: 'auto', waitingBooked: 1, waitingWalkIn: 4, displaced: null },
      passed: [
        {
          ...{ queue: 'walk-in', ticket: uuid(9), label: 'W-9', waitedMs: 720_000 },
          windowStartMs: null,
        },
      ],
      ...change,
    },
  })
}

function undo(n: number, t = n * 60_000 + 30_000): void {
  station.add({ k: 'ticket.call_undone', e: n, t: start + t, b: { position: 1, by: asha } })
  const b = { call: uuid(0xc0 + n), by: asha }
  station.add({ k: 'ticket.out_of_turn_undone', e: n, t: start + t, b })
}

async function send(first = 1, last = station.lines.length): Promise<void> {
  const answer = await station.send(station.batch(first, last))
  expect(answer).toMatchObject({ status: 200, body: { results: [] } })
}

const report = (ask: { from?: number; to?: number; station?: number } = {}, names = true) =>
  readOutOfTurn(
    outOfTurnBookOf(world.pool),
    {
      from: instant(ask.from ?? start),
      to: instant(ask.to ?? start + 7_200_000),
      station: ask.station === undefined ? null : stationNo(ask.station),
    },
    { names },
  )

describe('calls out of turn at the cloud', () => {
  it('are listed with reason, people and heads, and ranked for each attendant', async () => {
    force(1)
    force(2, { by: ravi, reason: 'other', note: 'relative of 98250 12345' })
    force(3)
    undo(3)
    await send()
    const { stations, attendants, calls, more } = await report()
    expect(stations).toMatchObject([{ station: stationUnderTest, calls: 3, undone: 1 }])
    expect(attendants).toMatchObject([
      { attendant: { id: asha, name: 'Asha Patel' }, calls: 2, undone: 1 },
      { attendant: { id: ravi, name: 'Ravi' }, calls: 1, undone: 0 },
    ])
    expect(more).toBe(false)
    expect(calls.map(({ label, undoneAtMs }) => [label, undoneAtMs !== null])).toEqual([
      ['W-3', true],
      ['W-2', false],
      ['W-1', false],
    ])
    expect(calls[1]).toMatchObject({
      ...{ position: 1, reason: 'other', note: 'relative of ••••• •••••', plate: '•••• 7788' },
      manager: { name: 'Meera Shah' },
      passed: [{ queue: 'walk-in', label: 'W-9', waitedMs: 720_000 }],
      ...{ waitingBooked: 1, waitingWalkIn: 4, displaced: false },
    })
  })

  it('names are initials for whoever may not read them', async () => {
    force(1)
    await send()
    expect(await report({}, false)).toMatchObject({
      attendants: [{ attendant: { name: 'A. P.' } }],
      calls: [{ attendant: { name: 'A. P.' }, manager: { name: 'M. S.' } }],
    })
  })

  it('a time and a station bound them: its first moment counts, its last no more', async () => {
    force(1)
    force(2)
    await send()
    const labels = async (ask: Parameters<typeof report>[0]) =>
      (await report(ask)).calls.map(({ label }) => label)
    expect(await labels({ from: start + 60_000, to: start + 120_000 })).toEqual(['W-1'])
    expect(await labels({ from: start + 60_001 })).toEqual(['W-2'])
    expect(await labels({ station: stationUnderTest })).toHaveLength(2)
    expect(await report({ station: 43 })).toMatchObject({ stations: [], attendants: [], calls: [] })
  })

  it('a call and its undo may come in one batch, in two, or twice', async () => {
    force(1)
    undo(1)
    const first = station.lines.length
    force(2)
    await send()
    await send(1)
    undo(2)
    await send(first + 3)
    expect((await report()).stations).toMatchObject([{ calls: 2, undone: 2 }])
  })

  it('a reason of a later station is kept as it came', async () => {
    force(1, { reason: 'mobile_cascade' })
    await send()
    expect((await report()).calls).toMatchObject([{ reason: 'mobile_cascade' }])
  })

  it('what an older cloud could not read is read after the upgrade, in whatever order', async () => {
    force(1)
    undo(1)
    force(2)
    await send()
    await world.pool.query(
      `UPDATE station_op SET verdict = 'deferred', code = 'kind_unknown', tried = NULL
       WHERE kind IN ('ticket.called_out_of_turn', 'ticket.out_of_turn_undone')`,
    )
    await world.pool.query('DELETE FROM out_of_turn_call')
    const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM out_of_turn_undo')
    expect(rows).toEqual([{ n: 1 }])
    await replayDeferred({
      ...{ streams: stationStreams(world.pool), clock: systemClock, reader: 'next' },
      finishCancels: () => Promise.resolve(),
    })
    expect((await report()).stations).toMatchObject([{ calls: 2, undone: 1 }])
  })
})
