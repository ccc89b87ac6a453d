import { manualClock } from '@baari/shared/testing/manual-clock'
import { millis } from '@baari/shared/units/time'
import { describe, expect, it, vi } from 'vitest'
import { electricSource } from '../../../src/adapters/sync/electric-source.ts'
import { readChanges } from '../../../src/adapters/sync/shape-rows.ts'
import type { FollowInput } from '../../../src/app/sync/follow-commands.ts'
import { followShape } from '../../../src/app/sync/follow-shape.ts'
import { syncLedger } from '../../support/sync-ledger.ts'

/** A bound against hanging: the client pauses by itself between two tries, and a busy machine is slow. */
const soon = (seen: () => void) => vi.waitFor(seen, { timeout: 30_000, interval: 5 })

const insert = (value: Record<string, unknown>, operation = 'insert') =>
  ({ key: 'k', value, headers: { operation } }) as never

const tariff = { id: 't', station_no: 42, price_paise_per_kg: 9_000n, valid_from_ms: 5n }

describe('rows at the door', () => {
  it('PostgreSQL’s text becomes what SQLite holds, and a number that is not exact is no number', () => {
    const text = { id: 't', station_no: '42', price_paise_per_kg: '9000', valid_from_ms: '5' }
    expect(readChanges('tariff', [insert(text)])).toEqual([
      {
        kind: 'upsert',
        row: { id: 't', station_no: 42, price_paise_per_kg: 9_000, valid_from_ms: 5 },
      },
    ])
    const long = { ...text, valid_from_ms: '9007199254740993' }
    expect(readChanges('tariff', [insert(long)])).toMatchObject([{ kind: 'unreadable', key: 't' }])
  })

  it('int8 and booleans become what SQLite holds', () => {
    expect(readChanges('tariff', [insert(tariff)])).toEqual([
      {
        kind: 'upsert',
        row: { id: 't', station_no: 42, price_paise_per_kg: 9_000, valid_from_ms: 5 },
      },
    ])
    const attendant = {
      id: '00000000-0000-7000-8000-000000000001',
      station_no: 42,
      name: 'Asha',
      role: 'manager',
      pin_hash: 'h',
      active: true,
    }
    expect(readChanges('attendant', [insert(attendant)])).toMatchObject([{ row: { active: 1 } }])
  })

  it('§9 case 9: a column this node does not know is ignored', () => {
    expect(readChanges('tariff', [insert({ ...tariff, octane: 95 })])).toMatchObject([
      { kind: 'upsert', row: { id: 't' } },
    ])
    const [change] = readChanges('tariff', [insert({ ...tariff, octane: 95 })])
    expect(change).not.toHaveProperty('row.octane')
  })

  it('a row that breaks the contract is told apart, with its key and the reason', () => {
    const [change] = readChanges('tariff', [insert({ ...tariff, price_paise_per_kg: -1n })])
    expect(change).toMatchObject({ kind: 'unreadable', key: 't' })
    expect(JSON.parse((change as { payload: string }).payload)).toMatchObject({ id: 't' })
  })

  it('a delete needs its key and nothing else', () => {
    expect(readChanges('tariff', [insert({ id: 't' }, 'delete')])).toEqual([
      { kind: 'delete', key: 't' },
    ])
    expect(readChanges('tariff', [insert({}, 'delete')])).toMatchObject([{ kind: 'unreadable' }])
  })
})

describe('a stream that falls silent', () => {
  it('is started again after 90 s without a word', async () => {
    const clock = manualClock()
    const ledger = syncLedger()
    let asked = 0
    const follower = await followShape(
      {
        source: electricSource({
          baseUrl: 'http://cloud.test',
          // A half-open connection: it takes the request and never answers.
          fetch: (_input, init) => {
            asked += 1
            return new Promise((_resolve, reject) =>
              init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted'))),
            )
          },
          clock: manualClock(),
          keeper: {
            current: () => ({ token: 'ab', gen: 1, station: 42 }),
            ensure: () => Promise.resolve(undefined),
            onOpened: () => () => undefined,
          },
        }),
        ledger,
        clock,
        now: clock.now,
        onRefused: () => undefined,
        onOps: () => undefined,
        onFault: () => undefined,
      },
      'tariff',
    )
    await soon(() => expect(asked).toBe(1))
    clock.advance(millis(90_000))
    expect(follower.status()).toMatchObject({ restarts: 0, lastUpToDate: null })
    clock.advance(millis(15_000))
    expect(follower.status().restarts).toBe(1)
    await soon(() => expect(asked).toBe(2))
    follower.stop()
    expect(clock.pendingTimers()).toEqual([])
    await ledger.close()
  })
})

describe('a stream that nobody signed in for', () => {
  /** Sessions as the uplink gives them: none until it says so. */
  function uplinkSessions() {
    let token: string | undefined
    const calls = new Set<() => void>()
    return {
      keeper: {
        current: () => (token === undefined ? undefined : { token, gen: 1, station: 42 }),
        ensure: () => Promise.resolve(undefined),
        onOpened(call: () => void) {
          calls.add(call)
          return () => void calls.delete(call)
        },
      },
      waiting: () => calls.size,
      open() {
        token = 'ab'
        for (const call of [...calls]) call()
      },
    }
  }

  it('goes on the moment the uplink has signed in, and else after 30 s', async () => {
    const clock = manualClock()
    const sessions = uplinkSessions()
    const asked: (string | null)[] = []
    const stop = new AbortController()
    electricSource({
      baseUrl: 'http://cloud.test',
      fetch: (_input, init) => {
        asked.push(new Headers(init?.headers).get('authorization'))
        return Promise.resolve(new Response('{}', { status: 401 }))
      },
      clock,
      keeper: sessions.keeper,
    }).open({
      ...{ name: 'tariff', cursor: undefined, signal: stop.signal },
      onBatch: () => Promise.resolve(),
      ...{ onRefused: () => undefined, onEnded: () => undefined },
    })
    await soon(() => expect(sessions.waiting()).toBe(1))
    expect(asked).toEqual(['Bearer'])
    clock.advance(millis(30_000))
    await soon(() => expect(asked).toHaveLength(2))
    await soon(() => expect(sessions.waiting()).toBe(1))
    sessions.open()
    await soon(() => expect(asked).toHaveLength(3))
    expect(asked[2]).toBe('Bearer ab')
    stop.abort()
  })
})

describe('a batch that could not be stored', () => {
  const row = (id: string) => ({
    key: id,
    value: { id, station_no: '42', price_paise_per_kg: '9000', valid_from_ms: '5' },
    headers: { operation: 'insert' },
  })
  const upToDate = { headers: { control: 'up-to-date', global_last_seen_lsn: '9' } }
  const schema = JSON.stringify({
    id: { type: 'text' },
    station_no: { type: 'int4' },
    price_paise_per_kg: { type: 'int8' },
    valid_from_ms: { type: 'int8' },
  })

  /** A cloud with two chunks and the end of the log; a live request is held for ever. */
  const cloud: typeof fetch = (input, init) => {
    const query = new URL(String(input)).searchParams
    if (query.get('live') === 'true') {
      return new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted'))),
      )
    }
    const at = query.get('offset') ?? ''
    const [offset, messages] =
      at === '-1' ? ['0_0', [row('a')]] : at === '0_0' ? ['0_1', [row('b')]] : ['9_0', [row('c')]]
    const end = offset === '9_0'
    return Promise.resolve(
      new Response(JSON.stringify(end ? [...messages, upToDate] : messages), {
        headers: {
          'electric-handle': 'h-1',
          'electric-offset': offset,
          'electric-schema': schema,
          ...(end ? { 'electric-up-to-date': '' } : {}),
        },
      }),
    )
  }

  it('what follows a batch that was not stored is not stored either', async () => {
    const clock = manualClock()
    const ledger = syncLedger()
    const faults: unknown[] = []
    const applied: string[] = []
    let full = true
    const run = ((name: string, input: FollowInput) => {
      if (name === 'follow.apply') {
        if (full && input.offset === '0_1') return Promise.reject(new Error('disk full'))
        applied.push(input.offset)
      }
      return ledger.run(name as 'follow.apply', input)
    }) as typeof ledger.run
    const follower = await followShape(
      {
        source: electricSource({
          ...{ baseUrl: 'http://cloud.test', fetch: cloud, clock },
          keeper: {
            current: () => ({ token: 'ab', gen: 1, station: 42 }),
            ensure: () => Promise.resolve(undefined),
            onOpened: () => () => undefined,
          },
        }),
        ...{ ledger: { run }, clock, now: clock.now },
        onRefused: () => undefined,
        onOps: () => undefined,
        onFault: (error) => faults.push(error),
      },
      'tariff',
    )
    await soon(() => expect(faults).toHaveLength(1))
    expect(applied).toEqual(['0_0'])
    full = false
    clock.advance(millis(15_000))
    await soon(() => expect(applied).toEqual(['0_0', '0_1', '9_0']))
    const [cursor] = await ledger.run('follow.cursors', null)
    expect(cursor).toMatchObject({ offset: '9_0', staging: false })
    follower.stop()
    await ledger.close()
  })
})
