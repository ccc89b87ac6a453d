import { instant } from '@baari/shared/units/time'
import { nextHead } from '@baari/shared/domain/sync/chain'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nextChain } from '../../../src/adapters/postgres/sync/chain-hash.ts'
import { keepStreams } from '../../../src/adapters/postgres/sync/stream-upkeep.ts'
import { syncDeskOf } from '../../../src/adapters/postgres/sync/sync-desk.ts'
import { signedInStation } from '../../support/signed-in-station.ts'
import { stationUnderTest } from '../../support/sync-world.ts'
import { TestStation, type WireOp } from '../../support/test-station.ts'

const sync = signedInStation()

const dayMs = 86_400_000
const now = (): ReturnType<typeof instant> => instant(Date.now())

async function rows<T>(sql: string): Promise<readonly T[]> {
  return (await sync.world.pool.query(sql)).rows as T[]
}

/** The same session speaking on another stream. */
async function speakOn(stream: 'alarm' | 'state' | 'telemetry') {
  const side = new TestStation(sync.world.url, sync.world.stationKey, sync.station.epoch, stream)
  Object.assign(side, { token: sync.station.token, gen: sync.station.gen })
  return {
    add: (op: WireOp) => side.add(op),
    send: (first = 1) => side.send(side.batch(first, side.lines.length), stream),
  }
}

const scan: WireOp = {
  k: 'scan.failed',
  b: {
    ...{ verdict: 'UNREADABLE', lane: 2, source: 'scanner', booking: null },
    ...{ rawSha256: 'ab'.repeat(32), rawBase64: 'R0owMUFCMTIzNA==' },
  },
}

describe('the streams beside the ledger at the cloud', () => {
  it('alarms are events; open is what was raised last', async () => {
    const side = await speakOn('alarm')
    const alarm = { source: 'safety', code: 'gas_alarm', subject: 'lel-1' }
    const at = Date.now()
    side.add({ k: 'alarm.raised', t: at - 3, b: { ...alarm, detail: '25 %', count: 1 } })
    side.add({ k: 'alarm.cleared', t: at - 2, b: { ...alarm, raisedAtMs: at - 3 } })
    side.add({
      k: 'alarm.raised',
      t: at - 1,
      b: { ...alarm, subject: 'lel-2', detail: '', count: 2 },
    })
    expect((await side.send()).body).toMatchObject({ ack: 3, results: [] })
    expect((await side.send()).body).toMatchObject({ ack: 3 })
    expect(await syncDeskOf(sync.world.pool).openAlarms(stationUnderTest)).toMatchObject([
      { source: 'safety', code: 'gas_alarm', subject: 'lel-2' },
    ])
    expect(await rows('SELECT 1 FROM alarm_event')).toHaveLength(3)
  })

  it('a state keeps the newest value of its key, also when a batch is sent twice', async () => {
    const side = await speakOn('state')
    for (const value of [{ booked: 1 }, { booked: 2 }, null]) {
      side.add({ k: 'state.set', b: { key: 'queue', value } })
    }
    side.add({ k: 'state.set', b: { key: 'clock', value: { quality: 'trusted' } } })
    await side.send()
    await side.send()
    expect(await syncDeskOf(sync.world.pool).state(stationUnderTest)).toMatchObject([
      { key: 'clock', value: { quality: 'trusted' } },
      { key: 'queue', value: null },
    ])
  })

  it('a kind of one stream means nothing in another, and is kept', async () => {
    const side = await speakOn('alarm')
    side.add(scan)
    expect((await side.send()).body['results']).toMatchObject([
      { s: 1, verdict: 'deferred', code: 'kind_unknown' },
    ])
  })

  it('a vehicle that leaves past an exit scanner does not stop the stream', async () => {
    const booking = '00000000-0000-7000-8000-0000000000b0'
    sync.station.add({ k: 'gate.exited', b: { booking, lane: 1 } })
    expect(await sync.station.sendFrom()).toMatchObject({
      status: 200,
      body: { ack: 1, results: [] },
    })
  })

  it('readings lie in the month they were received, and months are dropped whole', async () => {
    await keepStreams(sync.world.pool, now())
    const side = await speakOn('telemetry')
    for (let i = 1; i <= 3; i += 1) {
      const body = { f: 'ab'.repeat(8), i, class: 'sensor', device: 'lel-1', type: 'data' }
      side.add({
        k: 'reading',
        t: Date.now() - (i - 1) * 400 * dayMs,
        b: { ...body, boot: 'b1', n: i, at: null, p: '{"q":"good"}' },
      })
    }
    await side.send()
    const parts = await rows<{ part: string }>(
      'SELECT tableoid::regclass::text AS part FROM telemetry_reading ORDER BY reading_id',
    )
    expect(parts[0]?.part).toMatch(/^telemetry_reading_\d{6}$/)
    expect(parts[1]?.part).toBe('telemetry_reading_other')
    await keepStreams(sync.world.pool, now())
    expect(await rows('SELECT reading_id FROM telemetry_reading')).toEqual([{ reading_id: '1' }])
    await keepStreams(sync.world.pool, instant(Date.now() + 300 * dayMs))
    expect(await rows('SELECT 1 FROM telemetry_reading')).toEqual([])
  })
})

describe('personal data of failed scans', () => {
  it('both copies of the text go after 30 days; reason, lane and hash stay', async () => {
    sync.station.add({ ...scan, t: Date.now() - 31 * dayMs }).add(scan)
    await sync.station.sendFrom()
    await keepStreams(sync.world.pool, now())
    expect(
      await rows(
        'SELECT verdict, lane_no, raw_sha256, raw_base64 FROM failed_scan ORDER BY op_ref',
      ),
    ).toEqual([
      { verdict: 'UNREADABLE', lane_no: 2, raw_sha256: 'ab'.repeat(32), raw_base64: null },
      expect.objectContaining({ raw_base64: 'R0owMUFCMTIzNA==' }),
    ])
    const kept = await rows<{ raw: Buffer | null }>('SELECT raw FROM station_op ORDER BY seq')
    expect(kept.map(({ raw }) => raw === null)).toEqual([true, false])
  })

  it('a station that fetches its own ops is given the hash in place of what was erased', async () => {
    sync.station.add({ ...scan, t: Date.now() - 31 * dayMs }).add(scan)
    await sync.station.sendFrom()
    await keepStreams(sync.world.pool, now())
    const path = `/v1/uplink/ledger/ops?epoch=${sync.station.epoch}&from=1&to=2`
    const headers = { authorization: `Bearer ${sync.station.token}` }
    const text = await (await fetch(new URL(path, sync.world.url), { headers })).text()
    const [first, second] = text.trimEnd().split('\n')
    expect(JSON.parse(first ?? '')).toEqual({ s: 1, k: 'erased', h: sync.station.chain[1] })
    expect(second).toBe(Buffer.from(sync.station.lines[1] ?? []).toString())
  })
})

it('the quick chain is the shared one', () => {
  const start = createHash('sha256').update('start').digest()
  const sha256 = (message: Uint8Array) => createHash('sha256').update(message).digest()
  for (const size of [0, 1, 200, 5_000, 70_000]) {
    const line = Buffer.alloc(size, 0x61)
    const slow = Buffer.from(nextHead(start, line, sha256)).toString('hex')
    expect(nextChain(start.toString('hex'), line)).toBe(slow)
  }
})
