import type { ManualClock } from '@baari/shared/testing/manual-clock'
import { millis, type Mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { createModbusMasterCodec, encodeReply } from '../../src/protocols/modbus/frame-codec.ts'
import { slaveDevice } from '../../src/simulators/modbus-slave.ts'
import { silentGap } from '../../src/transports/line-timing.ts'
import { runLateReplies } from '../bench/late-replies.ts'
import { memoryBus, readExchange } from '../rigs/memory-bus.ts'
import { numberedBank, numberedWord } from '../rigs/numbered-bank.ts'
import { pass, until } from '../rigs/turn-clock.ts'

const gapMs = silentGap({ baud: 19_200, bitsPerChar: 11 })

describe('late replies', () => {
  it('S05 of 10,000 reads with every third reply 300 ms late no value reaches the wrong request', async () => {
    const outcome = await runLateReplies({ reads: 10_000, seed: 1 })
    expect(outcome.wrong).toBe(0)
    expect(outcome.right).toBeGreaterThan(8_000)
    expect(outcome.stats.lateReplies).toBeGreaterThan(3_000)
  })

  it.each([1, 2, 3, 4])(
    'S05 random latencies up to 4 s and random lengths (seed %i) give no wrong value',
    async (seed) => {
      const outcome = await runLateReplies({ reads: 2_500, seed, latency: 'random' })
      expect(outcome.wrong).toBe(0)
      expect(outcome.stats.lateReplies).toBeGreaterThan(1_000)
    },
  )

  it('S05 a reply later than twice the timeout is refused, because the next request has another length', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.delayMs = (nth) => millis(nth === 1 ? 700 : 5)
    const rig = memoryBus([device])
    const first = rig.bus.exchange(readExchange(rig, { address: 1, start: 100 }))
    expect(await until(rig.clock, first)).toMatchObject({ ok: false })
    const second = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 200, timeoutMs: millis(400) })),
    )
    expect(second).toMatchObject({ ok: true, value: { request: { count: 5 } } })
    expect(second.ok && second.value.reply).toMatchObject({
      words: [200, 201, 202, 203, 204].map(numberedWord),
    })
    expect(rig.bus.stats()).toMatchObject({ lateReplies: 1, timeouts: 1 })
  })

  it('S05 with the replies of all three lengths pending nothing is asked until the oldest is 10 s old', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.silent = true
    const rig = memoryBus([device])
    const ask = () =>
      rig.bus.exchange(readExchange(rig, { address: 1, start: 1, priority: 'control' }))
    for (let length = 0; length < 3; length += 1) await until(rig.clock, ask())
    expect(rig.sent).toHaveLength(3)
    expect(await until(rig.clock, ask())).toMatchObject({
      ok: false,
      error: { code: 'bus_timeout' },
    })
    expect(rig.sent).toHaveLength(3)
    device.trouble.silent = false
    await pass(rig.clock, 10_000, 500)
    expect(await until(rig.clock, ask())).toMatchObject({
      ok: true,
      value: { request: { count: 4 } },
    })
  })

  it('S05 an exception that may belong to an older request answers nobody', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.delayMs = (nth) => millis(nth === 1 ? 450 : 200)
    device.trouble.exception = 2
    const rig = memoryBus([device])
    await until(rig.clock, rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })))
    device.trouble.exception = null
    const second = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 9, timeoutMs: millis(400) })),
    )
    expect(second).toMatchObject({ ok: true, value: { reply: { kind: 'registers' } } })
  })
})

describe('the line', () => {
  it('keeps T3.5 of silence between a reply and the next request', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank)])
    let lastReplyAtMs = 0
    rig.near.onBytes((_, at) => {
      lastReplyAtMs = at
    })
    const gaps: number[] = []
    rig.far.onBytes((_, at) => gaps.push(at - lastReplyAtMs))
    for (let read = 0; read < 20; read += 1) {
      await until(rig.clock, rig.bus.exchange(readExchange(rig, { address: 1, start: read })), {
        stepMs: 0.1,
      })
    }
    expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(gapMs)
  })

  it('a line that is silent already leaves no timeout behind for a later attempt', async () => {
    // As on a real line: what need not be waited for is called from within the wait.
    const wait = (clock: ManualClock) => (at: Mono, call: () => void) => {
      if (at > clock.mono()) return clock.after('line-gap', millis(at - clock.mono()), call)
      call()
      return () => undefined
    }
    const device = slaveDevice(1, numberedBank)
    const rig = memoryBus([device], { wait })
    const read = () =>
      until(rig.clock, rig.bus.exchange(readExchange(rig, { address: 1, start: 7, retries: 2 })))
    expect(await read()).toMatchObject({ ok: true, value: { attempts: 1 } })
    device.trouble.delayMs = () => millis(150)
    await pass(rig.clock, 100)
    expect(await read()).toMatchObject({ ok: true, value: { attempts: 1 } })
    expect(rig.bus.stats()).toMatchObject({ timeouts: 0, lateReplies: 0, retries: 0 })
  })

  it('S02 a damaged reply is asked again at once and the second attempt is told', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.distort = (bytes, nth) =>
      nth === 1 ? bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte)) : bytes
    const rig = memoryBus([device])
    const answer = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 3, retries: 2 })),
    )
    expect(answer).toMatchObject({ ok: true, value: { attempts: 2 } })
    expect(rig.clock.mono()).toBeLessThan(100)
    expect(rig.bus.stats().damagedFrames).toBe(1)
  })

  it('S04 a second glued reply is dropped and does not answer the next request', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.distort = (bytes, nth) => (nth === 1 ? Uint8Array.of(...bytes, ...bytes) : bytes)
    const rig = memoryBus([device])
    for (const start of [10, 20, 30]) {
      const answer = await until(
        rig.clock,
        rig.bus.exchange(readExchange(rig, { address: 1, start })),
      )
      expect(answer.ok && answer.value.reply).toMatchObject({
        words: [0, 1, 2, 3].map((index) => numberedWord(start + index)),
      })
    }
    expect(rig.bus.stats().foreignReplies).toBe(1)
  })

  it('S06 a reply from an address that was not asked is rejected and raises one alarm', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.distort = () =>
      encodeReply({ kind: 'registers', address: 2, fn: 3, words: [1, 2, 3, 4] })
    const rig = memoryBus([device])
    const codes: string[] = []
    rig.bus.onFault((raised) => codes.push(raised.fault.code))
    for (let read = 0; read < 2; read += 1) {
      const answer = await until(
        rig.clock,
        rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
      )
      expect(answer.ok).toBe(false)
    }
    expect(codes).toEqual(['duplicate_address'])
  })

  it('S07 the echo of our own request is stripped when configured', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(5))], { echo: 'strip' })
    rig.far.onBytes((bytes) => rig.far.write(bytes))
    const answer = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
    )
    expect(answer.ok).toBe(true)
    expect(rig.bus.stats()).toMatchObject({ echoes: 1, noiseBytes: 0 })
  })

  it('S07 an echo nobody configured raises an alarm and still gives no wrong value', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(5))])
    rig.far.onBytes((bytes) => rig.far.write(bytes))
    const codes: string[] = []
    rig.bus.onFault((raised) => codes.push(raised.fault.code))
    const answer = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
    )
    expect(answer.ok && answer.value.reply).toMatchObject({ words: [1, 2, 3, 4].map(numberedWord) })
    expect(codes).toEqual(['echo_detected'])
  })

  it('S03 a reply that comes byte by byte, slower than the gap, is joined', async () => {
    const rig = memoryBus([])
    const reply = encodeReply({ kind: 'registers', address: 1, fn: 3, words: [7, 7, 7, 7] })
    rig.far.onBytes(() => {
      reply.forEach((byte, index) =>
        rig.clock.after('byte', millis(10 * index), () => rig.far.write(Uint8Array.of(byte))),
      )
    })
    const answer = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
    )
    expect(answer).toMatchObject({ ok: true, value: { reply: { words: [7, 7, 7, 7] } } })
  })

  it('S14 a transmitter stuck for 60 s blames no device, and reading goes on within 1 s of its end', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank)])
    const flood = new Uint8Array(4).fill(0xff)
    const stuckUntil = rig.clock.mono() + 60_000
    const babble = (): void => {
      rig.far.write(flood)
      if (rig.clock.mono() < stuckUntil) rig.clock.after('babble', millis(1), babble)
    }
    babble()
    while (rig.clock.mono() < stuckUntil) {
      const answer = await until(
        rig.clock,
        rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
        { stepMs: 500 },
      )
      expect(answer.ok).toBe(false)
    }
    const freedAt = rig.clock.mono()
    const answer = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
    )
    expect(answer.ok).toBe(true)
    expect(rig.clock.mono() - freedAt).toBeLessThan(1_000)
    expect(rig.bus.health(1).missed).toBe(0)
    expect(rig.bus.stats().lineBusy).toBeGreaterThan(50)
  })

  it('S14 sixty seconds of 0x00 and 0xFF at 115200 baud take less than a fifth of a core', () => {
    // Time of the processor, not of the clock: how busy the machine is does not matter.
    const codec = createModbusMasterCodec()
    const before = process.cpuUsage()
    // 10 bits per character, read in pieces of 10 ms as from a serial port.
    for (let piece = 0; piece < 6_000; piece += 1)
      codec.feed(new Uint8Array(115).fill(piece % 2 === 0 ? 0x00 : 0xff))
    const { user, system } = process.cpuUsage(before)
    expect(codec.pending()).toBeLessThan(8_192)
    expect((user + system) / 1_000).toBeLessThan(0.2 * 60_000)
  })

  it('S12 a device at another baud rate is offline with a hint, and its garbage is counted', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.distort = (bytes) => bytes.map((byte) => (byte * 37 + 11) & 0xff)
    const rig = memoryBus([device])
    for (let miss = 0; miss < 3; miss += 1) {
      const answer = await until(
        rig.clock,
        rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
      )
      expect(answer.ok).toBe(false)
      if (!answer.ok) expect(answer.error.hint).toContain('check baud rate and parity')
    }
    expect(rig.bus.health(1)).toMatchObject({ missed: 3 })
    expect(rig.bus.stats().noiseBytes + rig.bus.stats().damagedFrames).toBeGreaterThan(0)
  })
})
