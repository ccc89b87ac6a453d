import fc from 'fast-check'
import { millis, mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AbandonedReplies } from '../../src/transports/abandoned-replies.ts'
import { BusQueue, type Queued } from '../../src/transports/bus-queue.ts'
import { EchoFilter } from '../../src/transports/echo-filter.ts'
import { exchangeTime, silentGap } from '../../src/transports/line-timing.ts'
import { vectorFile } from '../vectors/vector-files.ts'

const late = (address: number, signature: string | null) => ({
  address,
  signature,
  at: mono(0),
})

describe('abandoned replies', () => {
  it('an answered request empties the list of its address alone', () => {
    const list = new AbandonedReplies()
    list.gaveUp(1, { signature: '3:4', sentAt: mono(0) })
    list.gaveUp(2, { signature: '3:4', sentAt: mono(0) })
    list.answered(late(1, '3:4'))
    expect([list.has(1, '3:4'), list.has(2, '3:4')]).toEqual([false, true])
  })

  it('a late reply settles itself and what is older, because a device answers in order', () => {
    const list = new AbandonedReplies()
    for (const [at, signature] of ['a', 'b', 'c'].entries()) {
      list.gaveUp(1, { signature, sentAt: mono(at) })
    }
    expect(list.takeLate(late(1, 'b'), null)).toBe(true)
    expect(['a', 'b', 'c'].map((signature) => list.has(1, signature))).toEqual([false, false, true])
  })

  it('a reply without a signature settles the list only when there is one candidate', () => {
    const list = new AbandonedReplies()
    list.gaveUp(1, { signature: 'a', sentAt: mono(0) })
    list.gaveUp(1, { signature: 'b', sentAt: mono(0) })
    expect(list.takeLate(late(1, null), null)).toBe(true)
    expect(list.any(1)).toBe(true)
    list.takeLate(late(1, 'a'), null)
    expect(list.takeLate(late(1, null), null)).toBe(true)
    expect(list.any(1)).toBe(false)
  })

  it('a form that is chosen is never one whose reply may still come within 10 s', () => {
    const forms = ['a', 'b', 'c']
    const acts = fc.array(fc.tuple(fc.constantFrom(...forms, 'late', 'answer'), fc.nat(4_000)), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(acts, (steps) => {
        const list = new AbandonedReplies()
        let now = 0
        const pending = new Map<string, number>()
        for (const [act, wait] of steps) {
          now += wait
          const chosen = list.choose(1, forms, { now: mono(now), again: false })
          const signature = chosen === null ? null : forms[chosen]
          if (signature === null || signature === undefined) {
            expect(pending.size).toBe(3)
            continue
          }
          const sentAt = pending.get(signature)
          if (sentAt !== undefined) expect(now - sentAt).toBeGreaterThanOrEqual(10_000)
          if (act === 'answer') {
            list.answered(late(1, null))
            pending.clear()
          } else {
            list.gaveUp(1, { signature, sentAt: mono(now) })
            pending.delete(signature)
            pending.set(signature, now)
          }
        }
      }),
    )
  })
})

describe('the queue', () => {
  const entry = (name: string, over: Partial<Queued> = {}): Queued & { readonly name: string } => ({
    name,
    address: 1,
    priority: 'poll',
    active: false,
    ...over,
  })
  const order = (entries: readonly (Queued & { readonly name: string })[]): string => {
    const queue = new BusQueue<(typeof entries)[number]>()
    for (const one of entries) queue.push(one)
    return entries.map(() => queue.take()?.name).join(' ')
  }

  it('stops go first, then controls, then polls, then the slow', () => {
    const entries = [
      entry('slow', { priority: 'slow' }),
      entry('poll'),
      entry('control', { priority: 'control' }),
      entry('stop', { priority: 'stop' }),
    ]
    expect(order(entries)).toBe('stop control poll slow')
  })

  it('filling and resting devices are polled in turn, and no address twice in a row', () => {
    const entries = [
      entry('f1', { active: true, address: 9 }),
      entry('f2', { active: true, address: 9 }),
      entry('r1', { address: 1 }),
      entry('r1b', { address: 1 }),
      entry('r2', { address: 2 }),
    ]
    expect(order(entries)).toBe('f1 r1 f2 r1b r2')
  })

  it('a slow exchange is served although polls never end', () => {
    const queue = new BusQueue<Queued & { readonly name: string }>()
    queue.push(entry('slow', { priority: 'slow' }))
    let turns = 0
    for (let name = ''; name !== 'slow'; turns += 1) {
      queue.push(entry('poll', { address: turns }))
      queue.push(entry('poll', { address: turns }))
      name = queue.take()?.name ?? ''
    }
    expect(turns).toBeLessThanOrEqual(16)
  })
})

describe('the echo filter', () => {
  const request = Uint8Array.of(1, 3, 0, 246, 0, 14, 0x24, 0x3c)
  const reply = Uint8Array.of(1, 3, 4, 0, 1, 0, 2, 9, 9)

  it('S07 strips the echo however the bytes are cut', () => {
    const stream = Uint8Array.of(...request, ...reply)
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const filter = new EchoFilter('strip')
      filter.sent(request)
      const parts = [filter.filter(stream.subarray(0, cut)), filter.filter(stream.subarray(cut))]
      expect(parts.flatMap((part) => [...part.rest])).toEqual([...reply])
      expect(parts.filter((part) => part.echo === 'echo')).toHaveLength(1)
    }
  })

  it('S07 gives a reply that begins like the request back whole', () => {
    for (let cut = 0; cut <= reply.length; cut += 1) {
      const filter = new EchoFilter('none')
      filter.sent(request)
      const parts = [filter.filter(reply.subarray(0, cut)), filter.filter(reply.subarray(cut))]
      expect([...parts.flatMap((part) => [...part.rest]), ...filter.release()]).toEqual([...reply])
    }
  })

  it('what was held back is given when the line falls silent', () => {
    const filter = new EchoFilter('none')
    filter.sent(request)
    expect(filter.filter(request.subarray(0, 5)).rest).toHaveLength(0)
    expect([...filter.release()]).toEqual([...request.subarray(0, 5)])
    expect(filter.release()).toHaveLength(0)
  })

  it('a write of one register is answered by its own bytes, which are no echo', () => {
    const write = Uint8Array.of(1, 6, 0, 1, 0, 2, 0x59, 0xcb)
    const filter = new EchoFilter('none')
    filter.sent(write)
    expect([...filter.filter(write).rest]).toEqual([...write])
  })

  it('a protocol whose replies repeat the request loses nothing of them, unless an echo is configured', () => {
    const reply = Uint8Array.of(...request, 9, 9)
    const told = new EchoFilter('none', false)
    told.sent(request)
    expect(told.filter(reply)).toEqual({ rest: reply, echo: null })
    const stripping = new EchoFilter('strip', false)
    stripping.sent(request)
    expect([...stripping.filter(Uint8Array.of(...request, ...reply)).rest]).toEqual([...reply])
  })
})

const limits = vectorFile(
  'rs485_poll_limits.json',
  z.object({
    rows: z.array(
      z.object({
        baud: z.int(),
        bits_per_char: z.literal([10, 11]),
        regs: z.int(),
        with_t35: z.number(),
        with_t35_6ms: z.number(),
      }),
    ),
  }),
)

it.each(limits.rows)(
  'at $baud baud with $bits_per_char bits and $regs registers the line takes as many polls as computed',
  (row) => {
    const timing = { baud: row.baud, bitsPerChar: row.bits_per_char }
    const rate = (delay: number) =>
      1_000 /
      exchangeTime(timing, {
        requestBytes: 8,
        replyBytes: 5 + 2 * row.regs,
        deviceDelayMs: millis(delay),
      })
    expect(rate(0)).toBeCloseTo(row.with_t35, 0)
    expect(rate(6)).toBeCloseTo(row.with_t35_6ms, 0)
  },
)

it('the gap is 3.5 characters up to 19200 baud and 1.75 ms above', () => {
  expect(silentGap({ baud: 9_600, bitsPerChar: 11 })).toBeCloseTo(4.01, 2)
  expect(silentGap({ baud: 38_400, bitsPerChar: 11 })).toBe(1.75)
})
