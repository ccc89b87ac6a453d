import { millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { encodeReply } from '../../src/protocols/modbus/frame-codec.ts'
import { slaveDevice } from '../../src/simulators/modbus-slave.ts'
import { memoryBus, readExchange } from '../rigs/memory-bus.ts'
import { numberedBank } from '../rigs/numbered-bank.ts'
import { pass, until } from '../rigs/turn-clock.ts'

const codesOf = (rig: ReturnType<typeof memoryBus>) =>
  rig.bus.faults().map(({ fault }) => fault.code)

describe('alarms of a line', () => {
  it('S06 a duplicate address is told once, stays while it is seen, and is over a minute later', async () => {
    const device = slaveDevice(1, numberedBank)
    const foreign = encodeReply({ kind: 'registers', address: 2, fn: 3, words: [1, 2, 3, 4] })
    device.trouble.distort = () => foreign
    const rig = memoryBus([device])
    const told: string[] = []
    rig.bus.onFault(({ fault }) => told.push(fault.code))
    const read = () =>
      until(rig.clock, rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })))
    await read()
    await pass(rig.clock, 40_000, 500)
    await read()
    await pass(rig.clock, 40_000, 500)
    expect(codesOf(rig)).toEqual(['duplicate_address'])
    expect(told).toEqual(['duplicate_address'])
    await pass(rig.clock, 30_000, 500)
    expect(codesOf(rig)).toEqual([])
    await read()
    expect(told).toEqual(['duplicate_address', 'duplicate_address'])
  })

  it('S14 a transmitter that never stops is a fault of the line and of no device', async () => {
    const rig = memoryBus([])
    let stuck = true
    const babble = (): void => {
      if (!stuck) return
      rig.far.write(Uint8Array.of(0x55))
      rig.clock.after('stuck', millis(1), babble)
    }
    babble()
    const answer = await until(
      rig.clock,
      rig.bus.exchange(readExchange(rig, { address: 1, start: 1 })),
    )
    stuck = false
    expect(answer.ok).toBe(false)
    expect(codesOf(rig)).toEqual(['line_busy'])
    expect(rig.bus.health(1).missed).toBe(0)
  })

  it('S09 a line that was lost is a fault from the loss until it is open again', async () => {
    const rig = memoryBus([])
    expect(codesOf(rig)).toEqual([])
    rig.near.plug('opening')
    expect(codesOf(rig)).toEqual(['port_unavailable'])
    rig.near.plug('open')
    expect(codesOf(rig)).toEqual([])
  })
})
