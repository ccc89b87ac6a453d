import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readings, vehicleFacts, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { chainsEqual, countOf, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture

beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(async () => {
  await fixture.close()
})

const sensors = () => ({ telemetryFile: fixture.file('telemetry.db') })
const alarm = { source: 'safety', code: 'gas_alarm', subject: 'lel-1' } as const

async function rows<T>(sql: string): Promise<readonly T[]> {
  return (await fixture.world.pool.query(sql)).rows as T[]
}

async function has(table: string, count: number): Promise<void> {
  await eventually(
    `${count} rows of ${table}`,
    async () => (await countOf(fixture.world, table)) === count,
  )
}

/** Streams of the batches in the order in which they left, and in which the cloud took them. */
function noted(): { readonly fetch: typeof fetch; readonly streams: string[]; taken: string[] } {
  const streams: string[] = []
  const taken: string[] = []
  return {
    streams,
    taken,
    fetch: async (input, init) => {
      const stream = /\/v1\/uplink\/([a-z]+)$/.exec(String(input))?.[1]
      if (init?.method !== 'POST' || stream === undefined) return fetch(input, init)
      streams.push(stream)
      const answer = await fetch(input, init)
      if (answer.ok) taken.push(stream)
      return answer
    },
  }
}

describe('the streams beside the ledger', () => {
  it('an alarm goes up at once, its end follows, and the newest word says whether it is open', async () => {
    const node = await fixture.start()
    await node.ledger.run('alarm.raise', { ...alarm, detail: '23 % LEL' })
    await has('alarm_event', 1)
    await node.ledger.run('alarm.clear', alarm)
    await has('alarm_event', 2)
    expect(
      await rows('SELECT source, code, subject, raised, detail FROM alarm_event ORDER BY op_ref'),
    ).toEqual([
      { ...alarm, raised: true, detail: '23 % LEL' },
      { ...alarm, raised: false, detail: '' },
    ])
  })

  it('an alarm raised again within the hour is counted and not told', async () => {
    const node = await fixture.start()
    for (let n = 0; n < 5; n += 1) await node.ledger.run('alarm.raise', { ...alarm, detail: '' })
    await has('alarm_event', 1)
    await node.ledger.run('alarm.raise', { ...alarm, detail: '' })
    await node.ledger.run('test.append', vehicleFacts(1))
    await has('vehicle_record', 1)
    expect(await countOf(fixture.world, 'alarm_event')).toBe(1)
  })

  it('ten values of a key while the link is down are one op, and the cloud has the newest', async () => {
    const away = await fixture.start({ cloudUrl: 'http://127.0.0.1:9' })
    for (let n = 1; n <= 10; n += 1) {
      const changes = [{ key: 'position/2', value: { state: `s${n}`, fault: null } }]
      await away.ledger.run('state.keep', { changes })
    }
    await fixture.stop(away)
    await fixture.start()
    await has('station_state', 1)
    expect(await rows('SELECT key, value, seq FROM station_state')).toEqual([
      { key: 'position/2', value: { state: 's10', fault: null }, seq: '1' },
    ])
    expect(await rows("SELECT 1 FROM station_op WHERE stream = 'state'")).toHaveLength(1)
  })

  it('readings go up in segments, each once, and both ends of their chain are equal', async () => {
    const node = await fixture.start(sensors())
    await node.telemetry?.store(readings(1_234))
    await node.ledger.run('test.append', vehicleFacts(1))
    await has('telemetry_reading', 1_234)
    const [first] = await rows(
      'SELECT device, boot, device_seq, payload FROM telemetry_reading ORDER BY reading_id LIMIT 1',
    )
    expect(first).toMatchObject({ device: 'lel-1', boot: 'b1', device_seq: '1' })
    const kept = await rows(
      "SELECT 1 FROM station_op WHERE stream = 'telemetry' AND raw IS NOT NULL",
    )
    expect(kept).toEqual([])
    expect([node.alarms, node.faults, fixture.world.faults]).toEqual([[], [], []])
  })

  it('a node killed after a segment was applied sends it again, and no reading is twice', async () => {
    let lose = true
    const node = await fixture.start({
      ...sensors(),
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (!lose || !String(input).endsWith('/v1/uplink/telemetry')) return answer
        await answer.arrayBuffer()
        throw new TypeError('the answer was lost')
      },
    })
    await node.telemetry?.store(readings(700))
    await node.ledger.run('test.append', vehicleFacts(1))
    await eventually('applied', async () => (await countOf(fixture.world, 'telemetry_reading')) > 0)
    await fixture.stop(node)
    lose = false
    const again = await fixture.start(sensors())
    await again.telemetry?.store(readings(300, 701))
    await again.ledger.run('test.append', vehicleFacts(1, 1))
    await has('telemetry_reading', 1_000)
    const heads = await rows("SELECT seq FROM station_head WHERE stream = 'telemetry'")
    expect(heads).toEqual([{ seq: '1000' }])
  })

  it('a ring that is full tells of the gap in the ledger before the oldest readings are gone', async () => {
    const away = await fixture.start({
      ...sensors(),
      cloudUrl: 'http://127.0.0.1:9',
      telemetryBytes: 4_000_000,
    })
    let from = 1
    for (; (await away.telemetry?.state())?.rowsAtMost !== undefined; from += 1_000) {
      await away.telemetry?.store(readings(1_000, from))
      const { rowsAtMost, lastId } = (await away.telemetry?.state()) ?? { rowsAtMost: 0, lastId: 0 }
      if (lastId > rowsAtMost) break
    }
    await fixture.stop(away)
    const node = await fixture.start(sensors())
    await node.ledger.run('test.append', vehicleFacts(1))
    const stored = from + 999
    await eventually('every reading or its gap', async () => {
      const [told] = await rows<{ n: string }>(
        'SELECT coalesce(sum(count), 0) AS n FROM stream_gap',
      )
      return (await countOf(fixture.world, 'telemetry_reading')) + Number(told?.n) === stored
    })
    const [gap] = await rows<{ from_seq: string; to_seq: string; stream: string }>(
      'SELECT stream, from_seq, to_seq FROM stream_gap ORDER BY from_seq LIMIT 1',
    )
    expect(gap).toEqual({ stream: 'telemetry', from_seq: '1', to_seq: '10000' })
    const lost = await rows('SELECT 1 FROM telemetry_reading WHERE reading_id <= 10000')
    expect(lost).toEqual([])
  })

  it('§9 case 33: a ledger op overtakes a telemetry backlog at the next batch', async () => {
    const filled = await fixture.start({ ...sensors(), cloudUrl: 'http://127.0.0.1:9' })
    for (let n = 0; n < 20; n += 1) await filled.telemetry?.store(readings(1_000, n * 1_000 + 1))
    await fixture.stop(filled)
    const link = noted()
    const node = await fixture.start({ ...sensors(), fetch: link.fetch })
    await eventually(
      'telemetry flows',
      () => link.streams.filter((s) => s === 'telemetry').length > 3,
    )
    const before = link.streams.length
    await node.ledger.run('test.append', vehicleFacts(1))
    await has('vehicle_record', 1)
    // One segment may have been on its way and one chosen when the op was written.
    const between = link.streams.slice(before).indexOf('ledger')
    expect(between).toBeLessThanOrEqual(2)
    expect(await countOf(fixture.world, 'telemetry_reading')).toBeLessThan(20_000)
    await has('telemetry_reading', 20_000)
  })

  it('a ledger backlog silences no alarm: one batch in twenty begins with a lower stream', async () => {
    const away: EdgeNode = await fixture.start({ cloudUrl: 'http://127.0.0.1:9' })
    for (let n = 0; n < 60; n += 1) await away.ledger.run('test.append', vehicleFacts(500, n * 500))
    await away.ledger.run('alarm.raise', { ...alarm, detail: '' })
    await fixture.stop(away)
    const link = noted()
    const node = await fixture.start({ fetch: link.fetch })
    await has('alarm_event', 1)
    // Its turn is the twentieth; the ledger batch after the nineteenth may be on its way already. One
    // that came before the batch it follows is sent again in the same turn.
    await eventually('the alarm is acknowledged', () => link.taken.includes('alarm'))
    const before = link.taken.indexOf('alarm')
    expect(before).toBeGreaterThan(10)
    expect(before).toBeLessThanOrEqual(20)
    await eventually('both chains equal', () => chainsEqual(fixture.world, node))
  })
})
