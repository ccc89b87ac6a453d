import { manualClock } from '@baari/shared/testing/manual-clock'
import { err, ok } from '@baari/shared/faults/result'
import { millis } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { fault } from '../../src/transports/line-faults.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { createReconnectingPipe, type LineEvents } from '../../src/transports/reconnecting-pipe.ts'
import { openHint } from '../../src/transports/serial-pipe.ts'
import { serialMatchSchema } from '../../src/transports/serial-binding.ts'
import { bytePipeContract } from '../contracts/byte-pipe.contract.ts'
import { pass, settle } from '../rigs/turn-clock.ts'

bytePipeContract('memory wire', () => {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  const received: number[] = []
  far.onBytes((bytes) => received.push(...bytes))
  far.start()
  return Promise.resolve({
    pipe: near,
    farSends: (bytes: Uint8Array) => void far.write(bytes),
    farReceived: () => Uint8Array.from(received),
    breakLine: () => Promise.resolve(near.plug('opening')),
    mendLine: () => Promise.resolve(near.plug('open')),
    eventually: async (condition: () => boolean, what: string) => {
      for (let turn = 0; turn < 100 && !condition(); turn += 1) await pass(clock, 10)
      expect(condition(), what).toBe(true)
    },
    dispose: () => Promise.resolve(),
  })
})

function scriptedLine(failures: number) {
  const clock = manualClock()
  const openedAtMs: number[] = []
  const lines: LineEvents[] = []
  let present = true
  const pipe = createReconnectingPipe({
    name: 'rs1',
    clock,
    presenceMs: millis(1_000),
    open: (events) => {
      openedAtMs.push(clock.mono())
      lines.push(events)
      if (openedAtMs.length <= failures) {
        return Promise.resolve(err(fault('port_unavailable', 'rs1', 'not plugged in')))
      }
      return Promise.resolve(
        ok({
          write: () => undefined,
          unsentBytes: () => 0,
          present: () => Promise.resolve(present),
          close: () => Promise.resolve(),
        }),
      )
    },
  })
  return { clock, pipe, openedAtMs, lines, unplug: () => (present = false) }
}

it('S11 a port that cannot be opened is tried for ever after 0.5, 1, 1.5, 1.5 … s with its fault shown', async () => {
  const { clock, pipe, openedAtMs } = scriptedLine(5)
  pipe.start()
  await settle()
  await pass(clock, 8_000, 10)
  expect(openedAtMs.map((at) => Math.round(at / 100) / 10)).toEqual([0, 0.5, 1.5, 3, 4.5, 6])
  expect(pipe.state()).toBe('open')
  expect(pipe.counters()).toMatchObject({ openFailures: 5, opens: 1 })
})

it('S09 a line that takes bytes and gives none for 1.8 s is opened anew', async () => {
  const { clock, pipe } = scriptedLine(0)
  pipe.start()
  await settle()
  pipe.write(Uint8Array.of(1))
  await pass(clock, 1_700, 100)
  expect(pipe.state()).toBe('open')
  await pass(clock, 200, 100)
  expect(pipe.state()).toBe('opening')
  await pass(clock, 600, 100)
  expect(pipe.state()).toBe('open')
  expect(pipe.counters().watchdogTrips).toBe(1)
})

it('S09 a line that answers is left alone, however long nothing is asked', async () => {
  const { clock, pipe, lines } = scriptedLine(0)
  pipe.start()
  await settle()
  for (let turn = 0; turn < 10; turn += 1) {
    pipe.write(Uint8Array.of(1))
    await pass(clock, 1_000, 100)
    lines[0]?.onBytes(Uint8Array.of(2))
  }
  await pass(clock, 60_000, 1_000)
  expect(pipe.counters()).toMatchObject({ watchdogTrips: 0, opens: 1 })
})

it('S09 a silent listener notices that its device file is gone', async () => {
  const { clock, pipe, unplug } = scriptedLine(0)
  pipe.start()
  await settle()
  unplug()
  await pass(clock, 1_100, 100)
  expect(pipe.state()).toBe('opening')
})

it('what an earlier line still says is not heard', async () => {
  const { clock, pipe, lines } = scriptedLine(0)
  const heard: number[] = []
  pipe.onBytes((bytes) => heard.push(...bytes))
  pipe.start()
  await settle()
  pipe.reopen('test')
  await pass(clock, 600, 100)
  lines[0]?.onBytes(Uint8Array.of(1))
  lines[0]?.onGone('late')
  lines[1]?.onBytes(Uint8Array.of(2))
  expect(heard).toEqual([2])
  expect(pipe.state()).toBe('open')
})

it('S10 a name that changes with the order of plugging is refused', () => {
  expect(serialMatchSchema.safeParse({ path: '/dev/ttyUSB0' }).success).toBe(false)
  expect(serialMatchSchema.safeParse({ by_id: 'usb-FTDI_.*-if00' }).success).toBe(true)
  expect(serialMatchSchema.safeParse({ vid: '0403', pid: '6001', serial: 'A10K' }).success).toBe(
    true,
  )
})

it.each([
  ['Error: Permission denied, cannot open /dev/x', 'dialout'],
  ['Error Resource temporarily unavailable Cannot lock port', 'in use by another program'],
  ['Error: No such file or directory, cannot open /dev/x', 'not plugged in'],
])('S11 "%s" tells the technician what to do', (message, hint) => {
  expect(openHint('/dev/x', message)).toContain(hint)
})
