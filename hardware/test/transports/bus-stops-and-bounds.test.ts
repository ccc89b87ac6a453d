import { millis, monoAfter } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import type { ModbusRequest } from '../../src/protocols/modbus/frames.ts'
import { slaveDevice } from '../../src/simulators/modbus-slave.ts'
import { silentGap } from '../../src/transports/line-timing.ts'
import { memoryBus, readExchange, type MemoryBusRig } from '../rigs/memory-bus.ts'
import { numberedBank, numberedWord } from '../rigs/numbered-bank.ts'
import { pass, settle, until } from '../rigs/turn-clock.ts'

function writeTo(address: number, word = 1): ModbusRequest {
  return { kind: 'write', address, start: 0, words: [word] }
}

function stopExchange(rig: MemoryBusRig, address: number) {
  return {
    forms: [writeTo(address)] as const,
    priority: 'stop' as const,
    timeoutMs: millis(100),
    retries: 1,
    deadline: monoAfter(rig.clock.mono(), millis(1_000)),
  }
}

const gapMs = silentGap({ baud: 19_200, bitsPerChar: 11 })

describe('stops', () => {
  it('a stop overtakes an open read and is on the wire after one gap; the read is asked again', async () => {
    const device = slaveDevice(1, numberedBank, millis(150))
    const other = slaveDevice(2, numberedBank)
    const rig = memoryBus([device, other])
    const read = rig.bus.exchange(
      readExchange(rig, { address: 1, start: 5, timeoutMs: millis(400) }),
    )
    await pass(rig.clock, 50, 1)
    const askedAt = rig.clock.mono()
    const stop = rig.bus.exchange(stopExchange(rig, 2))
    await until(rig.clock, stop, { stepMs: 1 })
    const stopSent = rig.sent.find(({ bytes }) => bytes[1] === 16)
    expect((stopSent?.atMs ?? Infinity) - askedAt).toBeLessThan(gapMs + 2)
    expect(await until(rig.clock, read)).toMatchObject({
      ok: true,
      value: { reply: { words: [5, 6, 7, 8, 9].map(numberedWord) } },
    })
  })

  it('a stop overtakes the drain after a timeout', async () => {
    const dead = slaveDevice(1, numberedBank)
    dead.trouble.silent = true
    const rig = memoryBus([dead, slaveDevice(2, numberedBank)])
    const read = rig.bus.exchange(readExchange(rig, { address: 1, start: 5 }))
    await pass(rig.clock, 250)
    await read
    const askedAt = rig.clock.mono()
    await until(rig.clock, rig.bus.exchange(stopExchange(rig, 2)), { stepMs: 1 })
    expect(rig.clock.mono() - askedAt).toBeLessThan(20)
  })

  it('a control that waits for the same dispenser is dropped, so that nothing starts after the stop', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(40))])
    const read = rig.bus.exchange(readExchange(rig, { address: 1, start: 1 }))
    const control = rig.bus.exchange({
      ...stopExchange(rig, 1),
      forms: [writeTo(1, 77)],
      priority: 'control',
    })
    await settle()
    const stop = rig.bus.exchange(stopExchange(rig, 1))
    expect(await until(rig.clock, control)).toMatchObject({
      ok: false,
      error: { code: 'bus_preempted' },
    })
    expect(await until(rig.clock, stop)).toMatchObject({ ok: true })
    await until(rig.clock, read)
    const writes = rig.sent.filter(({ bytes }) => bytes[1] === 16)
    expect(writes.map(({ bytes }) => bytes[8])).toEqual([1])
  })

  it('a control already on the wire fails as overtaken and is never sent a second time', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(60))])
    const control = rig.bus.exchange({
      ...stopExchange(rig, 1),
      forms: [writeTo(1, 77)],
      priority: 'control',
      retries: 2,
    })
    await pass(rig.clock, 30, 1)
    const stop = rig.bus.exchange({
      ...stopExchange(rig, 1),
      forms: [{ kind: 'write', address: 1, start: 8, words: [2] }],
    })
    expect(await until(rig.clock, control)).toMatchObject({
      ok: false,
      error: { code: 'bus_preempted' },
    })
    expect(await until(rig.clock, stop)).toMatchObject({ ok: true })
    await pass(rig.clock, 1_000)
    expect(rig.sent.filter(({ bytes }) => bytes[8] === 77)).toHaveLength(1)
  })

  it('all-stop stops four dispensers within 160 ms although one answers only the repetition', async () => {
    const devices = [1, 2, 3, 4].map((address) => slaveDevice(address, numberedBank, millis(10)))
    const rig = memoryBus(devices)
    const answers = rig.bus.allStop([1, 2, 3, 4].map((address) => stopExchange(rig, address)))
    const startedAt = rig.clock.mono()
    expect((await until(rig.clock, answers, { stepMs: 1 })).every((answer) => answer.ok)).toBe(true)
    expect(rig.clock.mono() - startedAt).toBeLessThan(160)
  })
})

describe('bounds', () => {
  it('S13 with one of eight devices dead the others keep at least 90 % of their rate', async () => {
    const rate = async (withDead: boolean): Promise<number> => {
      const devices = Array.from({ length: 8 }, (_, index) =>
        slaveDevice(index + 1, numberedBank, millis(6)),
      )
      const dead = devices[7]
      if (withDead && dead !== undefined) dead.trouble.silent = true
      const rig = memoryBus(devices)
      let replies = 0
      const poll = async (address: number): Promise<void> => {
        while (rig.clock.mono() < 120_000) {
          const answer = await rig.bus.exchange(
            readExchange(rig, { address, start: 1, counts: [14, 13, 12], timeoutMs: millis(100) }),
          )
          if (answer.ok && address < 8) replies += 1
          if (!answer.ok)
            await new Promise<void>((resolve) => rig.clock.after('rest', millis(200), resolve))
        }
      }
      for (const device of devices) void poll(device.address)
      await pass(rig.clock, 120_000, 3)
      return replies
    }
    const healthy = await rate(false)
    expect(healthy).toBeGreaterThan(1_000)
    expect(await rate(true)).toBeGreaterThan(healthy * 0.9)
  })

  it('a dead device is asked after 1, 2, 4 … 30 s, and at once when the line was opened again', async () => {
    const device = slaveDevice(1, numberedBank)
    device.trouble.silent = true
    const rig = memoryBus([device])
    const ask = () =>
      until(rig.clock, rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })), { stepMs: 1 })
    await ask()
    await ask()
    const pauses: number[] = []
    for (let miss = 3; miss <= 9; miss += 1) {
      await ask()
      const { backOffUntil } = rig.bus.health(1)
      const pauseMs = (backOffUntil ?? 0) - rig.clock.mono()
      pauses.push(Math.ceil(pauseMs / 1_000))
      expect(await ask()).toMatchObject({ ok: false, error: { code: 'bus_offline' } })
      await pass(rig.clock, pauseMs + 10_000, 500)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30])
    rig.near.reopen('test')
    expect(rig.bus.health(1)).toMatchObject({ missed: 0, backOffUntil: null })
  })

  it('S09 a lost line ends every exchange at once with an offline fault', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(100))])
    const asked = [1, 2, 3].map((start) =>
      rig.bus.exchange(readExchange(rig, { address: 1, start })),
    )
    await pass(rig.clock, 20)
    rig.near.plug('opening')
    for (const answer of await Promise.all(asked)) expect(answer.ok).toBe(false)
    rig.near.plug('open')
    expect(
      await until(rig.clock, rig.bus.exchange(readExchange(rig, { address: 1, start: 4 }))),
    ).toMatchObject({ ok: true })
  })

  it('what waits past its deadline or was aborted is never sent', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(100))])
    const stop = new AbortController()
    const first = rig.bus.exchange(readExchange(rig, { address: 1, start: 1 }))
    const late = rig.bus.exchange(
      readExchange(rig, {
        address: 1,
        start: 2,
        deadline: monoAfter(rig.clock.mono(), millis(50)),
      }),
    )
    const aborted = rig.bus.exchange(
      readExchange(rig, { address: 1, start: 3, signal: stop.signal }),
    )
    stop.abort()
    await until(rig.clock, first)
    expect(await until(rig.clock, late)).toMatchObject({
      ok: false,
      error: { code: 'bus_deadline' },
    })
    expect(await until(rig.clock, aborted)).toMatchObject({
      ok: false,
      error: { code: 'bus_deadline' },
    })
    expect(rig.sent).toHaveLength(1)
  })

  it('a full queue refuses further polls and still takes a stop', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(1))])
    const asked = Array.from({ length: 140 }, (_, start) =>
      rig.bus.exchange(readExchange(rig, { address: 1, start })),
    )
    const stop = rig.bus.exchange(stopExchange(rig, 1))
    expect(await until(rig.clock, stop)).toMatchObject({ ok: true })
    const answers = await until(rig.clock, Promise.all(asked))
    expect(answers.filter((answer) => !answer.ok).length).toBe(rig.bus.stats().overflows)
    expect(rig.bus.stats().overflows).toBeGreaterThan(0)
  })

  it('filling devices get half of the line', async () => {
    const devices = [1, 2, 3, 4, 5].map((address) => slaveDevice(address, numberedBank))
    const rig = memoryBus(devices)
    const served = new Map<number, number>()
    const poll = async (address: number): Promise<void> => {
      for (;;) {
        const answer = await rig.bus.exchange(
          readExchange(rig, { address, start: 1, active: address === 1 }),
        )
        if (!answer.ok) return
        served.set(address, (served.get(address) ?? 0) + 1)
      }
    }
    for (const device of devices) void poll(device.address)
    await pass(rig.clock, 10_000, 4)
    await rig.bus.close()
    const total = [...served.values()].reduce((sum, count) => sum + count, 0)
    expect((served.get(1) ?? 0) / total).toBeGreaterThan(0.45)
  })

  it('a closed bus answers what waits and what comes with bus_closed', async () => {
    const rig = memoryBus([slaveDevice(1, numberedBank, millis(100))])
    const asked = [1, 2].map((start) => rig.bus.exchange(readExchange(rig, { address: 1, start })))
    await rig.bus.close()
    const answers = await Promise.all([
      ...asked,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 3 })),
    ])
    expect(
      answers.slice(1).every((answer) => !answer.ok && answer.error.code === 'bus_closed'),
    ).toBe(true)
    expect(answers[0]?.ok).toBe(false)
  })
})
