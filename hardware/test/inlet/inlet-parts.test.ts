import { manualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { instant, millis, mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { DeviceRates, Quarantine } from '../../src/inlet/device-limits.ts'
import { GroupCommit } from '../../src/inlet/group-commit.ts'
import { isLoopback, longestPacketBytes, PacketMeter } from '../../src/inlet/guarded-socket.ts'
import { longestPayloadBytes, readMessage, type Arrived } from '../../src/inlet/inlet-record.ts'
import { Withheld } from '../../src/inlet/withheld.ts'
import { pass, settle } from '../rigs/turn-clock.ts'

const receivedAt = instant(1_760_000_000_000)
const rules = {
  station: 'IN-GJ-0042',
  mayPublish: (client: string, topic: { device: string }) => topic.device === client,
}
const good = {
  boot: 'b1',
  seq: 7,
  ts: receivedAt - 100,
  q: 'good',
  values: { pressureMbar: 198_000 },
}

function arrived(over: Partial<Omit<Arrived, 'payload'>> & { payload?: unknown } = {}): Arrived {
  const { payload = good, ...rest } = over
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return {
    client: 'bank-high',
    topic: 'baari/v1/IN-GJ-0042/gas/bank-high/data',
    payload: new TextEncoder().encode(text),
    retained: false,
    receivedAt,
    ...rest,
  }
}

describe('reading a message', () => {
  it('a message of the contract becomes a record with its identity and values', () => {
    expect(readMessage(arrived(), rules)).toEqual({
      kind: 'data',
      station: 'IN-GJ-0042',
      deviceClass: 'gas',
      device: 'bank-high',
      boot: 'b1',
      seq: 7,
      sentAt: receivedAt - 100,
      receivedAt,
      quality: 'good',
      live: true,
      values: { pressureMbar: 198_000 },
    })
  })

  it.each([
    ['no JSON', '{"boot":', 'malformed'],
    ['a wrong type', { ...good, seq: '7' }, 'malformed'],
    ['a huge number', '{"boot":"b","seq":1e400,"ts":1,"q":"good"}', 'malformed'],
    ['an unknown field', { ...good, extra: 1 }, 'malformed'],
    ['invalid UTF-8', '\ud800', 'malformed'],
    ['more than 16 KiB', 'x'.repeat(longestPayloadBytes + 1), 'too_long'],
  ])('B04 %s is quarantined with its reason and its head', (_, payload, reason) => {
    const record = readMessage(arrived({ payload }), rules)
    expect(record).toMatchObject({ kind: 'quarantine', reason, client: 'bank-high' })
    expect(record.kind === 'quarantine' && record.headHex.length).toBeLessThanOrEqual(512)
  })

  it.each([
    ['another device', 'baari/v1/IN-GJ-0042/gas/bank-low/data', 'foreign-topic'],
    ['another station', 'baari/v1/IN-GJ-0043/gas/bank-high/data', 'foreign-topic'],
    ['an unknown leaf', 'baari/v1/IN-GJ-0042/gas/bank-high/other', 'foreign-topic'],
    ['no topic of ours', 'sensors/1', 'foreign-topic'],
    ['a command', 'baari/v1/IN-GJ-0042/gas/bank-high/cmd', 'command'],
  ])('B06 B02 a message for %s is refused', (_, topic, reason) => {
    expect(readMessage(arrived({ topic }), rules)).toMatchObject({ kind: 'quarantine', reason })
  })

  it('B02 a retained or old message is stored but never live', () => {
    expect(readMessage(arrived({ retained: true }), rules)).toMatchObject({ live: false })
    const old = { ...good, ts: receivedAt - 61_000 }
    expect(readMessage(arrived({ payload: old }), rules)).toMatchObject({ live: false })
  })

  it('20,000 seeded dirty payloads each give a record and never an exception', () => {
    const prng = seededPrng(4)
    const base = new TextEncoder().encode(JSON.stringify(good))
    let messages = 0
    for (let input = 0; input < 20_000; input += 1) {
      const payload = Uint8Array.from(base)
      const flips = wholeBetween(prng, 0, 2)
      for (let flip = 0; flip < flips; flip += 1) {
        payload[wholeBetween(prng, 0, payload.length - 1)] = wholeBetween(prng, 0, 255)
      }
      const cut = payload.subarray(0, wholeBetween(prng, 0, 9) === 0 ? 20 : payload.length)
      const record = readMessage({ ...arrived(), payload: cut }, rules)
      if (record.kind !== 'quarantine') messages += 1
    }
    expect(messages).toBeGreaterThan(2_000)
    expect(messages).toBeLessThan(18_000)
  })
})

describe('group commit', () => {
  it('B08 nothing is told stored before the store resolved, and groups hold at most 200 rows', async () => {
    const clock = manualClock()
    const groups: number[] = []
    let release = (): void => undefined
    const group = new GroupCommit<number>({
      clock,
      store: (rows) => {
        groups.push(rows.length)
        return new Promise((resolve) => {
          release = resolve
        })
      },
    })
    let stored = 0
    for (let row = 0; row < 450; row += 1) group.add(row, () => (stored += 1))
    await pass(clock, 100)
    expect({ groups, stored, size: group.size }).toEqual({ groups: [200], stored: 0, size: 450 })
    release()
    await settle()
    expect({ groups, stored }).toEqual({ groups: [200, 200], stored: 200 })
    release()
    await settle()
    await pass(clock, 5)
    expect(groups).toEqual([200, 200, 50])
    release()
    await settle()
    expect({ stored, size: group.size }).toEqual({ stored: 450, size: 0 })
  })

  it('a single row is stored within 5 ms', async () => {
    const clock = manualClock()
    const group = new GroupCommit<number>({ clock, store: () => Promise.resolve() })
    let stored = false
    group.add(1, (done) => (stored = done))
    await pass(clock, 4, 1)
    expect(stored).toBe(false)
    await pass(clock, 1, 1)
    expect(stored).toBe(true)
  })

  it('P02 a group the store refuses is told as not stored, and the next one is tried', async () => {
    const clock = manualClock()
    let full = true
    const group = new GroupCommit<number>({
      clock,
      store: () => (full ? Promise.reject(new Error('disk full')) : Promise.resolve()),
    })
    const told: boolean[] = []
    group.add(1, (stored) => told.push(stored))
    await pass(clock, 5)
    full = false
    group.add(2, (stored) => told.push(stored))
    await pass(clock, 5)
    expect(told).toEqual([false, true])
  })
})

describe('limits', () => {
  it('B03 a device that floods is slowed to its rate, and another one is not touched', () => {
    const rates = new DeviceRates({ perSecond: 200, burst: 1_000 })
    const at = mono(0)
    let taken = 0
    for (let message = 0; message < 5_000; message += 1) if (rates.tryTake('a', at)) taken += 1
    expect(taken).toBe(1_000)
    expect(rates.tryTake('b', at)).toBe(true)
    expect(rates.tryTake('a', mono(5))).toBe(true)
    expect(rates.takeLater('c', at)).toBe(0)
    for (let message = 0; message < 1_199; message += 1) rates.takeLater('c', at)
    expect(rates.takeLater('c', at)).toBe(1_005)
  })

  it('B04 ten bad messages in a minute send a device into quarantine for a minute', () => {
    const quarantine = new Quarantine()
    const verdicts = Array.from({ length: 10 }, (_, index) =>
      quarantine.mistake('x', mono(index * 1_000)),
    )
    expect(verdicts.indexOf(true)).toBe(9)
    expect(quarantine.holds('x', mono(10_000))).toBe(true)
    expect(quarantine.holds('y', mono(10_000))).toBe(false)
    expect(quarantine.holds('x', mono(70_000))).toBe(false)
  })

  it('nine bad messages a minute are forgiven for ever', () => {
    const quarantine = new Quarantine()
    for (let message = 0; message < 200; message += 1) {
      expect(quarantine.mistake('x', mono(message * 7_000))).toBe(false)
    }
  })

  it('a withheld client is disconnected at half its keep-alive, the others go on waiting', async () => {
    const clock = manualClock()
    const withheld = new Withheld(clock)
    const ended: string[] = []
    const client = (name: string, keepAliveMs: number) => ({
      halfKeepAliveMs: millis(keepAliveMs / 2),
      disconnect: () => ended.push(name),
    })
    let room = false
    withheld.hold(client('short', 30_000), () => room)
    withheld.hold(client('long', 60_000), () => room)
    await pass(clock, 15_500, 500)
    expect(ended).toEqual(['short'])
    room = true
    withheld.release()
    expect(withheld.size).toBe(0)
    await pass(clock, 60_000, 500)
    expect(ended).toEqual(['short'])
  })
})

describe('the packet meter', () => {
  it('follows packets over any cut of the stream and refuses one beyond 2 MiB', () => {
    const packet = Uint8Array.of(0x30, 0x82, 0x01, ...new Uint8Array(130))
    const meter = new PacketMeter()
    for (const byte of [...packet, ...packet]) expect(meter.fits(Uint8Array.of(byte))).toBe(true)
    const announced = longestPacketBytes + 1
    const header = [0, 1, 2, 3].map((at) => ((announced >>> (7 * at)) & 0x7f) | (at < 3 ? 0x80 : 0))
    expect(meter.fits(Uint8Array.of(0x30, ...header))).toBe(false)
  })

  it('refuses a length of more than four bytes', () => {
    expect(new PacketMeter().fits(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01))).toBe(false)
  })

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.5', false],
    [undefined, false],
  ])('address %s is loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })
})
