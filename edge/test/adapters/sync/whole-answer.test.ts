import { manualClock } from '@baari/shared/testing/manual-clock'
import type { Message } from '@electric-sql/client'
import { describe, expect, it, vi } from 'vitest'
import { electricSource } from '../../../src/adapters/sync/electric-source.ts'
import type { ShapeRow } from '../../../src/adapters/sync/shape-rows.ts'
import { wholeAnswers } from '../../../src/adapters/sync/whole-answer.ts'
import type { ShapeBatch } from '../../../src/ports/shape-source.ts'

/** A bound against hanging, not a measure. */
const soon = (seen: () => void) => vi.waitFor(seen, { timeout: 30_000, interval: 5 })

const row = (id: string) => ({
  key: id,
  value: { id, station_no: '42', price_paise_per_kg: '9000', valid_from_ms: '5' },
  headers: { operation: 'insert' },
})
const upToDate = { headers: { control: 'up-to-date', global_last_seen_lsn: '9' } }

const headersOf = (offset: string, more = {}) => ({
  'electric-handle': 'h-1',
  'electric-offset': offset,
  'electric-schema': '{}',
  ...more,
})

function open(cloud: typeof fetch) {
  const batches: ShapeBatch[] = []
  const refused: Error[] = []
  const ended: unknown[] = []
  const stop = new AbortController()
  electricSource({
    ...{ baseUrl: 'http://cloud.test', fetch: cloud, clock: manualClock() },
    keeper: {
      current: () => ({ token: 'ab', gen: 1, station: 42 }),
      ensure: () => Promise.resolve(undefined),
      onOpened: () => () => undefined,
    },
  }).open({
    ...{ name: 'tariff', cursor: undefined, signal: stop.signal },
    onBatch: (batch) => Promise.resolve(void batches.push(batch)),
    onRefused: (error) => refused.push(error),
    onEnded: (error) => ended.push(error),
  })
  return { batches, refused, ended, stop: () => stop.abort() }
}

const held: typeof fetch = (_input, init) =>
  new Promise((_resolve, reject) =>
    init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted'))),
  )

describe('an answer of the cloud', () => {
  it('an answer whose body comes after that of the next is stored in its turn', async () => {
    let secondWasRead = (): void => undefined
    const afterSecond = new Promise<void>((resolve) => (secondWasRead = resolve))
    const late = new ReadableStream<Uint8Array>({
      async pull(body) {
        await afterSecond
        body.enqueue(Buffer.from(JSON.stringify([row('a')])))
        body.close()
      },
    })
    const second = new ReadableStream<Uint8Array>(
      {
        pull(body) {
          body.enqueue(Buffer.from(JSON.stringify([row('b'), upToDate])))
          body.close()
          secondWasRead()
        },
      },
      { highWaterMark: 0 },
    )
    const stream = open((input, init) => {
      const query = new URL(String(input)).searchParams
      if (query.get('live') === 'true') return held(input, init)
      const first = query.get('offset') === '-1'
      const headers = first ? headersOf('0_0') : headersOf('9_0', { 'electric-up-to-date': '' })
      return Promise.resolve(new Response(first ? late : second, { headers }))
    })
    await soon(() => expect(stream.batches).toHaveLength(2))
    expect(stream.batches).toMatchObject([
      { changes: [{ row: { id: 'a' } }], offset: '0_0', handle: 'h-1', upToDate: false },
      { changes: [{ row: { id: 'b' } }], offset: '9_0', handle: 'h-1', upToDate: true },
    ])
    expect(stream.refused).toEqual([])
    stream.stop()
  })

  it.each(['[{"key"', '{"rows":1}', '[5]', '[{"key":"a","headers":{}}]'])(
    'an answer that is no list of messages is told and ends the stream, and nothing of it is taken: %s',
    async (body) => {
      const stream = open(() => Promise.resolve(new Response(body, { headers: headersOf('0_0') })))
      await soon(() => expect(stream.ended).toHaveLength(1))
      expect(stream.refused).toEqual([expect.any(SyntaxError)])
      expect(stream.batches).toEqual([])
      stream.stop()
    },
  )

  it('what the client gave up does not pile up', async () => {
    let asked = 0
    const answers = wholeAnswers(() =>
      Promise.resolve(new Response(JSON.stringify([row(String(asked++))]))),
    )
    const standIns: Message<ShapeRow>[][] = []
    for (let n = 0; n < 20; n += 1) {
      const answer = await answers.fetch('http://cloud.test/')
      standIns.push((await answer.json()) as Message<ShapeRow>[])
    }
    expect(answers.messagesOf(standIns.at(-1) ?? [])).toEqual([row('19')])
    expect(() => answers.messagesOf(standIns[0] ?? [])).toThrow('delivered once')
    // What was delivered is not held for a second time.
    expect(() => answers.messagesOf(standIns.at(-1) ?? [])).toThrow('delivered once')
  })

  it('a letter whose bytes come in two pieces is one letter', async () => {
    const said = { ...row('पवन'), headers: { operation: 'insert' } }
    const bytes = Buffer.from(JSON.stringify([said]))
    const pieces = [...bytes].map((byte) => Uint8Array.of(byte))
    const { fetch: asks, messagesOf } = wholeAnswers(() =>
      Promise.resolve(new Response(ReadableStream.from(pieces))),
    )
    const standIn = (await (await asks('http://cloud.test')).json()) as Message<ShapeRow>[]
    expect(messagesOf(standIn)).toEqual([said])
  })

  it('an answer without a body is passed on as it is', async () => {
    const empty = new Response(null, { status: 204 })
    const { fetch: asks } = wholeAnswers(() => Promise.resolve(empty))
    expect(await asks('http://cloud.test')).toBe(empty)
  })
})
