import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { millis } from '@baari/shared/units/time'
import { afterEach, describe, expect, it } from 'vitest'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { shippedMap } from '../../src/drivers/modbus-meter/register-map.ts'
import { nozzleNo } from '../../src/ports/dispenser.ts'
import { decodeRegisters } from '../../src/protocols/modbus/registers.ts'
import { eventually } from '../rigs/eventually.ts'
import {
  joinPtys,
  missingProgram,
  run,
  scratchFolder,
  type Running,
} from '../rigs/foreign-program.ts'
import { ptyPipe, realBus, realClock, soon } from '../rigs/real-modbus.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const nozzle = nozzleNo(1)

/** The vector's registers behind the shipped map, with the double total a real meter offers as a slot. */
const map = {
  ...shippedMap('micromotion-mvd'),
  blocks: {
    live: { start: 246, counts: [14, 12, 13] },
    totals: { start: 1_200, counts: [4, 5, 6] },
  },
  fields: {
    flowGramsPerSecond: { block: 'live', at: 0, type: 'float32' },
    densityKgPerM3: { block: 'live', at: 2, type: 'float32' },
    temperatureCelsius: { block: 'live', at: 4, type: 'float32' },
    totalsGrams: { block: 'totals', at: 0, type: 'float64', gramsPerCount: 1_000 },
  },
}

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

type Slave = (device: string, folder: string) => Running

const compileLibmodbusSlave: Slave = (device, folder) => {
  const program = join(folder, 'libmodbus-slave')
  const flags = spawnSync('pkg-config', ['--cflags', '--libs', 'libmodbus']).stdout.toString()
  const built = spawnSync('gcc', [
    '-O1',
    '-o',
    program,
    here('libmodbus-slave.c'),
    ...flags.trim().split(/\s+/),
  ])
  expect(built.status, built.stderr.toString()).toBe(0)
  return run(program, [device])
}

const startPymodbusSlave: Slave = (device) =>
  run('/usr/bin/python3', [here('pymodbus-slave.py'), device])

function missingPython(): string | null {
  const imports = 'import pymodbus.server, serial_asyncio'
  const found = spawnSync('/usr/bin/python3', ['-c', imports]).status === 0
  return found
    ? null
    : 'pymodbus is missing: apt-get install -y python3-pymodbus python3-serial-asyncio'
}

function missingLibmodbus(): string | null {
  const missing = missingProgram('gcc', 'gcc') ?? missingProgram('pkg-config', 'pkg-config')
  if (missing !== null) return missing
  const found = spawnSync('pkg-config', ['--exists', 'libmodbus']).status === 0
  return found ? null : 'libmodbus is missing: apt-get install -y libmodbus-dev'
}

async function onPty(slave: Slave) {
  const folder = scratchFolder()
  cleanUps.push(folder.remove)
  const { near, far, socat } = await joinPtys(folder.path)
  cleanUps.push(() => socat.end())
  const running = slave(far, folder.path)
  cleanUps.push(() => running.end('SIGKILL'))
  await eventually(() => running.output().includes('ready'), 'the slave is ready')
  const pipe = ptyPipe(near)
  const bus = realBus(pipe)
  cleanUps.push(() => bus.close())
  await eventually(() => pipe.state() === 'open', 'the pty is open')
  const config = modbusMeterConfigSchema.parse({ id: 'm1', address: 1, map, timeoutMs: 400 })
  const meter = createModbusMeter(config, {
    bus,
    clock: realClock,
    log: () => undefined,
    stationControl: true,
  })
  cleanUps.push(() => meter.dispose('test over'))
  return { bus, meter }
}

const slaves = [
  {
    name: 'libmodbus',
    slave: compileLibmodbusSlave,
    missing: missingProgram('socat', 'socat') ?? missingLibmodbus(),
  },
  {
    name: 'pymodbus',
    slave: startPymodbusSlave,
    missing: missingProgram('socat', 'socat') ?? missingPython(),
  },
]

for (const { name, slave, missing } of slaves) {
  describe.skipIf(missing !== null)(
    `a slave made with ${name}${missing === null ? '' : ` (${missing})`}`,
    () => {
      it('is read by the dispenser driver: state, density in range, and the double total to the gram', async () => {
        const { meter } = await onPty(slave)
        await meter.start()
        await eventually(() => meter.status(nozzle).quality === 'good', 'a good status')
        expect(meter.status(nozzle).value?.state).toBe('fuelling')
        expect(await meter.totals(nozzle)).toMatchObject({
          ok: true,
          value: { grams: 123_456_789 },
        })
      })

      it('gives the recorded registers 247 to 260 and answers 200 reads in a row with the right ones', async () => {
        const { bus } = await onPty(slave)
        for (let read = 0; read < 200; read += 1) {
          const least = 10 + (read % 3)
          const form = (count: number) =>
            ({ kind: 'read', address: 1, fn: 3, start: 246, count }) as const
          // pymodbus loses a request whose bytes reach it in two pieces; the bus then asks again.
          const answer = await bus.exchange({
            forms: [form(least), form(least + 1), form(least + 2)],
            priority: 'control',
            timeoutMs: millis(300),
            retries: 2,
            deadline: soon(5_000),
          })
          const reply = answer.ok ? answer.value.reply : null
          if (reply?.kind !== 'registers')
            throw new Error(`read ${read}: ${JSON.stringify(answer)}`)
          const float = (at: number) =>
            decodeRegisters(reply.words.slice(at, at + 2), { type: 'float32', order: 'ABCD' })
          expect(reply.words.length).toBeGreaterThanOrEqual(least)
          expect(float(0)).toBeCloseTo(12.34, 4)
          expect(float(2)).toBeCloseTo(180.5, 4)
          expect(float(4)).toBeCloseTo(31.2, 4)
        }
      })

      it('S08 answers a register it does not have with an exception that is a configuration fault', async () => {
        const { bus } = await onPty(slave)
        const answer = await bus.exchange({
          forms: [{ kind: 'read', address: 1, fn: 3, start: 60_000, count: 2 }],
          priority: 'control',
          timeoutMs: millis(1_000),
          retries: 0,
          deadline: soon(5_000),
        })
        expect(answer).toMatchObject({ ok: true, value: { reply: { kind: 'exception', code: 2 } } })
      })
    },
  )
}
