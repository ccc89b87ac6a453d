import { SerialPort } from 'serialport'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { describe, expect, it } from 'vitest'
import { serveSlaves } from '../../src/simulators/modbus-slave.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { everyThirdLate, readMany } from '../bench/late-replies.ts'
import { eventually } from '../rigs/eventually.ts'
import { joinPtys, missingProgram, scratchFolder } from '../rigs/foreign-program.ts'
import { settle } from '../rigs/turn-clock.ts'
import { ptyPipe, realBus, realClock } from '../rigs/real-modbus.ts'

const reads = 150
const missing = missingProgram('socat', 'socat')

it('S05 over TCP, with every third reply 300 ms late and a timeout of 200 ms, no read is wrong', async () => {
  const service = await serveOnTcp({
    port: 0,
    attach: (line) => serveSlaves(line, [everyThirdLate(1)], realClock),
  })
  const pipe = createTcpPipe({
    name: 'np1',
    clock: realClock,
    host: '127.0.0.1',
    port: service.port,
  })
  const bus = realBus(pipe)
  await eventually(() => pipe.state() === 'open', 'the line is open')
  const outcome = await readMany(bus, {
    reads,
    prng: seededPrng(1),
    clock: realClock,
    devices: 1,
    turn: settle,
  })
  await bus.close()
  await service.close()
  expect(outcome.wrong).toBe(0)
  expect(outcome.right).toBeGreaterThan(reads / 2)
  expect(outcome.stats.lateReplies).toBeGreaterThan(20)
})

describe.skipIf(missing !== null)(`over a pty${missing === null ? '' : ` (${missing})`}`, () => {
  it('S05 with every third reply 300 ms late and a timeout of 200 ms, no read is wrong', async () => {
    const folder = scratchFolder()
    const { near, far, socat } = await joinPtys(folder.path)
    const port = new SerialPort({ path: far, baudRate: 19_200, autoOpen: false })
    await new Promise((resolve) => port.open(resolve))
    serveSlaves(
      {
        write: (bytes) => port.write(bytes),
        onBytes: (call) => {
          port.on('data', call)
          return () => void port.off('data', call)
        },
      },
      [everyThirdLate(1)],
      realClock,
    )
    const pipe = ptyPipe(near)
    const bus = realBus(pipe)
    await eventually(() => pipe.state() === 'open', 'the pty is open')
    const outcome = await readMany(bus, {
      reads,
      prng: seededPrng(2),
      clock: realClock,
      devices: 1,
      turn: settle,
    })
    await bus.close()
    await new Promise((resolve) => port.close(resolve))
    await socat.end()
    folder.remove()
    expect(outcome.wrong).toBe(0)
    expect(outcome.right).toBeGreaterThan(reads / 2)
    expect(outcome.stats.lateReplies).toBeGreaterThan(20)
  })
})
