import { millis } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import {
  createDartHostCodec,
  createDartPumpDecoder,
  encodePumpFrame,
} from '../../src/protocols/wayne-dart/frame-codec.ts'
import type { DartHostFrame } from '../../src/protocols/wayne-dart/frames.ts'
import { scriptedLine } from '../rigs/scripted-line.ts'
import { pass, until } from '../rigs/turn-clock.ts'

const stopOf = (address: number): DartHostFrame => ({
  kind: 'data',
  address,
  sequence: 4,
  parts: [{ kind: 'command', command: 'stop' }],
})
const pumps = [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57]

/** Eight pumps at 9600 baud that acknowledge after 25 ms; one of them is dead. */
function line(dead: number | null = null) {
  return scriptedLine({
    codec: createDartHostCodec(),
    decoder: createDartPumpDecoder(),
    script: (request) => {
      if (request.address === dead || request.kind !== 'data') return null
      const { address, sequence } = request
      return { bytes: encodePumpFrame({ kind: 'ack', address, sequence }), afterMs: millis(25) }
    },
  })
}

it('the stops of eight pumps, asked for singly in one turn, are all written within 150 ms', async () => {
  const { clock, ask, heard } = line()
  const stops = pumps.map((address) => ask(stopOf(address), { priority: 'stop' }))
  const answers = await until(clock, Promise.all(stops), { stepMs: 1 })
  expect(answers.map(({ ok }) => ok)).toEqual(pumps.map(() => true))
  const first = heard.slice(0, pumps.length)
  expect(first.map(({ request }) => request.address)).toEqual(pumps)
  // 8 × 9 bytes are 83 ms of line, and seven gaps of 4 ms lie between them.
  expect(first.at(-1)?.atMs).toBeLessThan(150)
})

it('a dead pump among them holds up nobody, and it alone is told as unanswered', async () => {
  const { clock, ask, heard, bus } = line(0x50)
  const codes: string[] = []
  bus.onFault(({ fault }) => codes.push(fault.code))
  const stops = pumps.map((address) => ask(stopOf(address), { priority: 'stop' }))
  const answers = await until(clock, Promise.all(stops), { stepMs: 1 })
  expect(answers.map(({ ok }) => ok)).toEqual(pumps.map((address) => address !== 0x50))
  expect(heard.slice(0, 8).map(({ request }) => request.address)).toEqual(pumps)
  await pass(clock, 1_000)
  expect(codes).toEqual([])
})

it('stops go out in one go through an open poll', async () => {
  const { clock, ask, heard } = line()
  const poll = ask({ kind: 'poll', address: 0x57 }, { priority: 'poll', timeoutMs: millis(900) })
  await pass(clock, 20, 1)
  const startedAt = clock.mono()
  const stops = pumps.map((address) => ask(stopOf(address), { priority: 'stop' }))
  await until(clock, Promise.all(stops), { stepMs: 1 })
  const eighth = heard.filter(({ request }) => request.kind === 'data')[7]
  expect((eighth?.atMs ?? Number.NaN) - startedAt).toBeLessThan(150)
  await until(clock, poll)
})

it('a single stop is written once', async () => {
  const { clock, ask, heard } = line()
  await until(clock, ask(stopOf(0x50), { priority: 'stop' }), { stepMs: 1 })
  await pass(clock, 500)
  expect(heard).toHaveLength(1)
})
