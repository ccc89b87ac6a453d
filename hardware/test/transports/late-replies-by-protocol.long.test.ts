import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { millis, type Millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import {
  createDartHostCodec,
  createDartPumpDecoder,
  encodePumpFrame,
} from '../../src/protocols/wayne-dart/frame-codec.ts'
import type { DartHostFrame } from '../../src/protocols/wayne-dart/frames.ts'
import {
  createGilbarcoHostCodec,
  createGilbarcoPumpDecoder,
  encodeReply,
} from '../../src/protocols/gilbarco-two-wire/frame-codec.ts'
import type { GilbarcoRequest } from '../../src/protocols/gilbarco-two-wire/frames.ts'
import type { GilbarcoCommand } from '../../src/protocols/gilbarco-two-wire/tables.ts'
import { scriptedLine, type Script } from '../rigs/scripted-line.ts'
import { pass, until } from '../rigs/turn-clock.ts'

const prompt = millis(10)
const late = millis(250)

describe('S05 Wayne DART', () => {
  const poll = (address = 0x50): DartHostFrame => ({ kind: 'poll', address })
  const block = (sequence: number, priceCounts: number, address = 0x50): DartHostFrame => ({
    kind: 'data',
    address,
    sequence,
    parts: [{ kind: 'price-update', priceCounts: [priceCounts] }],
  })

  /** Pumps that acknowledge every block they get; a request without a delay was lost on its way. */
  function pump(delay: (nth: number) => Millis | null) {
    const prices: number[] = []
    const script: Script<DartHostFrame> = (request, nth) => {
      const afterMs = delay(nth)
      if (afterMs === null) return null
      const { address } = request
      if (request.kind === 'data') {
        const [part] = request.parts
        if (part?.kind === 'price-update') prices.push(...part.priceCounts)
        const ack = encodePumpFrame({ kind: 'ack', address, sequence: request.sequence })
        return { bytes: ack, afterMs }
      }
      const parts = [{ kind: 'filling', volumeCounts: nth, amountCounts: address }] as const
      const bytes = encodePumpFrame({ kind: 'data', address, sequence: nth & 15, parts })
      return { bytes, afterMs }
    }
    const line = scriptedLine({
      codec: createDartHostCodec(),
      decoder: createDartPumpDecoder(),
      script,
    })
    return { ...line, prices }
  }

  it('a poll whose answer was given up is asked again as soon as the line is drained, not 10 s later', async () => {
    const { clock, ask, heard, bus } = pump((nth) => (nth === 1 ? millis(150) : prompt))
    expect(await until(clock, ask(poll()))).toMatchObject({ ok: false })
    expect(await until(clock, ask(poll()))).toMatchObject({ ok: true })
    expect((heard[1]?.atMs ?? 0) - (heard[0]?.atMs ?? 0)).toBeLessThan(300)
    expect(bus.stats()).toMatchObject({ lateReplies: 1, timeouts: 1 })
  })

  it('a statement later than the drain answers the next poll, and the one after it is no stranger', async () => {
    const { clock, ask, bus } = pump((nth) => (nth === 1 ? late : prompt))
    const codes: string[] = []
    bus.onFault(({ fault }) => codes.push(fault.code))
    await until(clock, ask(poll()))
    const second = await until(clock, ask(poll()))
    expect(second).toMatchObject({ ok: true, value: { reply: { parts: [{ volumeCounts: 1 }] } } })
    await pass(clock, 1_000)
    expect(codes).toEqual([])
    expect(bus.stats().lateReplies).toBe(1)
  })

  it('a late statement of one pump is no answer of another and no alarm', async () => {
    const { clock, ask, bus } = pump((nth) => (nth === 1 ? late : millis(90)))
    const codes: string[] = []
    bus.onFault(({ fault }) => codes.push(fault.code))
    await until(clock, ask(poll(0x50)))
    const other = await until(clock, ask(poll(0x51)))
    expect(other).toMatchObject({ ok: true, value: { reply: { address: 0x51 } } })
    expect(codes).toEqual([])
  })

  it('a block whose number may still be acknowledged for older bytes is not sent', async () => {
    const { clock, ask, heard, prices } = pump((nth) => (nth === 1 ? millis(2_000) : prompt))
    await until(clock, ask(block(5, 111)))
    expect(await until(clock, ask(block(5, 222)))).toMatchObject({ ok: false })
    expect(heard).toHaveLength(1)
    expect(prices).toEqual([111])
  })

  it('once another number was acknowledged the old one is free again', async () => {
    const { clock, ask, prices } = pump((nth) => (nth === 1 ? null : prompt))
    await until(clock, ask(block(5, 111)))
    expect(await until(clock, ask(block(6, 222)))).toMatchObject({ ok: true })
    expect(await until(clock, ask(block(5, 333)))).toMatchObject({ ok: true })
    expect(prices).toEqual([222, 333])
  })

  it('a statement frees no number: it may be older than the block', async () => {
    const { clock, ask, heard } = pump((nth) => (nth === 2 ? null : nth === 1 ? late : prompt))
    await until(clock, ask(poll()))
    await until(clock, ask(block(5, 111)))
    expect(await until(clock, ask(poll()))).toMatchObject({ ok: true })
    expect(await until(clock, ask(block(5, 222)))).toMatchObject({ ok: false })
    expect(heard).toHaveLength(3)
  })

  it('the same bytes sent again take either acknowledgement', async () => {
    const { clock, ask, bus } = pump((nth) => (nth === 1 ? late : prompt))
    const answer = await until(clock, ask(block(5, 111), { retries: 1 }))
    expect(answer).toMatchObject({ ok: true, value: { attempts: 2 } })
    await pass(clock, 1_000)
    expect(bus.stats().foreignReplies).toBe(0)
  })

  it('a stop is sent although its number is pending', async () => {
    const { clock, ask, heard } = pump(() => null)
    await until(clock, ask(block(5, 111)))
    await until(clock, ask(block(5, 222), { priority: 'stop' }))
    expect(heard).toHaveLength(2)
  })

  it.each([1, 2, 3])(
    'random latencies up to 4 s (seed %i): an acknowledged block is at its pump, and every statement is of the pump that was asked',
    async (seed) => {
      const prng = seededPrng(seed)
      const latency = (): Millis | null => {
        const kind = prng.next()
        if (kind < 0.1) return null
        return millis(kind < 0.6 ? wholeBetween(prng, 1, 60) : wholeBetween(prng, 60, 4_000))
      }
      const { clock, ask, prices } = pump(latency)
      const sequences = new Map<number, number>()
      let acknowledged = 0
      let stated = 0
      for (let turn = 0; turn < 1_500; turn += 1) {
        const address = 0x50 + wholeBetween(prng, 0, 2)
        if (prng.next() < 0.5) {
          const sequence = ((sequences.get(address) ?? 0) + 1) & 15
          sequences.set(address, sequence)
          const answer = await until(clock, ask(block(sequence, turn, address)))
          if (!answer.ok) continue
          acknowledged += 1
          expect(prices).toContain(turn)
        } else {
          const answer = await until(clock, ask(poll(address)))
          if (!answer.ok) continue
          stated += 1
          expect(answer.value.reply).toMatchObject({ parts: [{ amountCounts: address }] })
        }
      }
      expect(Math.min(acknowledged, stated)).toBeGreaterThan(50)
    },
    120_000,
  )
})

describe('S05 Gilbarco two-wire', () => {
  const command = (name: GilbarcoCommand, p: number): GilbarcoRequest => ({
    kind: 'command',
    command: name,
    pump: p,
  })
  const totalsOf = (p: number) => p * 1_111

  function loop(delay: (nth: number, request: GilbarcoRequest) => Millis | null) {
    const script: Script<GilbarcoRequest> = (request, nth) => {
      const afterMs = delay(nth, request)
      if (request.kind !== 'command' || afterMs === null) return null
      const { command: name, pump } = request
      const grade = { grade: 1, volumeCounts: totalsOf(pump), amountCounts: 0 }
      const prices = { firstPriceCounts: 0, secondPriceCounts: 0 }
      const bytes =
        name === 'totals'
          ? encodeReply({ kind: 'totals', grades: [{ ...grade, ...prices }] })
          : encodeReply({ kind: 'status', code: 6, pump })
      return { bytes, afterMs }
    }
    return scriptedLine({
      codec: createGilbarcoHostCodec(),
      decoder: createGilbarcoPumpDecoder(),
      script,
    })
  }

  it('after a block was given up no pump is asked for one before its pump answered by name', async () => {
    const { clock, ask, heard } = loop((nth) => (nth === 1 ? late : prompt))
    expect(await until(clock, ask(command('totals', 1)))).toMatchObject({ ok: false })
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({ ok: false })
    expect(heard).toHaveLength(1)
    expect(await until(clock, ask(command('status', 1)))).toMatchObject({ ok: true })
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({
      ok: true,
      value: { reply: { grades: [{ volumeCounts: totalsOf(2) }] } },
    })
  })

  it('the status of another pump frees nothing', async () => {
    const { clock, ask, heard } = loop((nth) => (nth === 1 ? millis(3_000) : prompt))
    await until(clock, ask(command('totals', 1)))
    expect(await until(clock, ask(command('status', 2)))).toMatchObject({ ok: true })
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({ ok: false })
    expect(heard).toHaveLength(2)
  })

  it('a status that may be older than the block frees nothing, the next one does', async () => {
    const { clock, ask } = loop((nth) => (nth === 1 ? millis(420) : nth === 2 ? late : prompt))
    await until(clock, ask(command('status', 1)))
    await until(clock, ask(command('totals', 1)))
    expect(await until(clock, ask(command('status', 1)))).toMatchObject({ ok: true })
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({ ok: false })
    await pass(clock, 1_000)
    expect(await until(clock, ask(command('status', 1)))).toMatchObject({ ok: true })
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({ ok: true })
  })

  it('a pump that died owing a block bars the others for 10 s and no longer', async () => {
    const { clock, ask } = loop((_, request) =>
      request.kind === 'command' && request.pump === 1 ? null : prompt,
    )
    await until(clock, ask(command('totals', 1)))
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({ ok: false })
    await pass(clock, 10_000, 500)
    expect(await until(clock, ask(command('totals', 2)))).toMatchObject({ ok: true })
  })

  it.each([1, 2, 3])(
    'random latencies up to 1.5 s (seed %i): a block is always of the pump that was asked',
    async (seed) => {
      const prng = seededPrng(seed)
      const { clock, ask } = loop(() => {
        const kind = prng.next()
        if (kind < 0.05) return null
        return millis(kind < 0.85 ? wholeBetween(prng, 1, 60) : wholeBetween(prng, 60, 1_500))
      })
      let blocks = 0
      for (let turn = 0; turn < 2_000; turn += 1) {
        const pump = wholeBetween(prng, 1, 3)
        const name = prng.next() < 0.5 ? 'totals' : 'status'
        const answer = await until(clock, ask(command(name, pump)))
        if (!answer.ok) continue
        const { reply } = answer.value
        if (reply.kind === 'status') expect(reply.pump).toBe(pump)
        else {
          blocks += 1
          expect(reply).toMatchObject({ grades: [{ volumeCounts: totalsOf(pump) }] })
        }
      }
      expect(blocks).toBeGreaterThan(100)
    },
    120_000,
  )
})
