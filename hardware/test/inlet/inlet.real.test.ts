import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { connect, connectAsync } from 'mqtt'
import { instant, mono } from '@baari/shared/units/time'
import { afterEach, describe, expect, it } from 'vitest'
import { startInlet } from '../../src/inlet/inlet.ts'
import type { InletOptions } from '../../src/inlet/inlet-contract.ts'
import type { InletMessage, InletRecord } from '../../src/inlet/inlet-record.ts'
import { SimulatedSensor } from '../../src/simulators/simulated-sensor.ts'
import { eventually } from '../rigs/eventually.ts'
import { missingProgram, run, scratchFolder } from '../rigs/foreign-program.ts'
import { realClock as clock } from '../rigs/real-modbus.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

async function inletWith(over: Partial<InletOptions> = {}) {
  const rows: InletRecord[] = []
  const faults: string[] = []
  const inlet = await startInlet({
    port: 0,
    station: 's1',
    clock,
    store: (group) => {
      rows.push(...group)
      return Promise.resolve()
    },
    onFault: (fault) => faults.push(fault.code),
    ...over,
  })
  cleanUps.push(() => inlet.close())
  const url = `mqtt://127.0.0.1:${inlet.port}`
  const sensor = async (device: string, boot = 'b1') => {
    const made = await SimulatedSensor.connect({
      url,
      station: 's1',
      deviceClass: 'gas',
      device,
      boot,
      clock,
    })
    cleanUps.push(() => made.close().catch(() => undefined))
    return made
  }
  return { inlet, rows, faults, url, sensor }
}

const messages = (rows: readonly InletRecord[]) =>
  rows.filter((row): row is InletMessage => row.kind !== 'quarantine')

describe('the durable inlet', () => {
  it('B08 an acknowledgement comes only after the store resolved', async () => {
    const order: string[] = []
    let release = (): void => undefined
    const { sensor } = await inletWith({
      store: () =>
        new Promise((resolve) => {
          release = () => {
            order.push('stored')
            resolve()
          }
        }),
    })
    const device = await sensor('lel-1')
    const published = device.publish('event', { pctLel: 3 }).then(() => order.push('acknowledged'))
    await eventually(() => {
      release()
      return order.includes('acknowledged')
    }, 'the acknowledgement')
    await published
    expect(order[0]).toBe('stored')
  })

  it('P02 a group the store refuses is not acknowledged, and the device sends it again', async () => {
    let refusals = 1
    const rows: InletRecord[] = []
    const { sensor, inlet, faults } = await inletWith({
      store: (group) => {
        refusals -= 1
        if (refusals >= 0) return Promise.reject(new Error('full'))
        rows.push(...group)
        return Promise.resolve()
      },
    })
    const device = await sensor('lel-1')
    await device.publish('event', { pctLel: 3 })
    expect(messages(rows).filter((row) => row.kind === 'event')).toHaveLength(1)
    expect(inlet.counters()).toMatchObject({ failedGroups: 1, disconnected: 1 })
    expect(faults).toContain('disk_full')
  })

  it('X03 a reading is told at once, also while the disk holds up the acknowledgement', async () => {
    const told: InletRecord[] = []
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const { sensor } = await inletWith({
      store: () => held,
      onRecord: (record) => told.push(record),
    })
    const gas = await sensor('lel-1')
    const acknowledged = gas.publish('data', { pctLel: 41 })
    await eventually(() => told.length === 1, 'the reading is told')
    release()
    await acknowledged
    expect(told[0]).toMatchObject({ device: 'lel-1', values: { pctLel: 41 } })
  })

  it('B07 the last will of a vanished device is a death record with its boot', async () => {
    const { sensor, rows } = await inletWith()
    const device = await sensor('bank-high', 'boot-9')
    await device.publish('birth', {})
    device.vanish()
    await eventually(() => messages(rows).some((row) => row.kind === 'death'), 'the death')
    expect(messages(rows).find((row) => row.kind === 'death')).toMatchObject({
      boot: 'boot-9',
      device: 'bank-high',
    })
  })

  it('a command reaches its device alone, and an expired one is refused', async () => {
    const { inlet, sensor } = await inletWith()
    const [valve, other] = [await sensor('valve-1'), await sensor('valve-2')]
    await valve.listenForCommands()
    await other.listenForCommands()
    const command = { deviceClass: 'gas', device: 'valve-1', id: 'c1', body: { open: true } }
    expect(
      await inlet.command({ ...command, expiresAt: instant(clock.now() + 5_000) }),
    ).toMatchObject({ ok: true })
    await eventually(() => valve.commands().length === 1, 'the command')
    expect(JSON.parse(valve.commands()[0] ?? '')).toMatchObject({ id: 'c1', body: { open: true } })
    expect(other.commands()).toEqual([])
    expect(await inlet.command({ ...command, expiresAt: instant(clock.now() - 1) })).toMatchObject({
      ok: false,
      error: { code: 'inlet_refused' },
    })
  })

  it('B02 B06 what one device publishes reaches no other, be it data or a retained command', async () => {
    const { url, rows, faults } = await inletWith({
      authenticate: ({ username }) => username !== null,
    })
    const attacker = await connectAsync(url, { clientId: 'evil', username: 'evil', password: 'x' })
    const victim = await connectAsync(url, {
      clientId: 'valve-1',
      username: 'valve-1',
      password: 'x',
    })
    cleanUps.push(
      () => attacker.endAsync(),
      () => victim.endAsync(),
    )
    const heard: string[] = []
    victim.on('message', (topic) => heard.push(topic))
    await victim.subscribeAsync('baari/v1/s1/gas/valve-1/cmd')
    await attacker.publishAsync('baari/v1/s1/gas/valve-1/cmd', '{}', { qos: 1, retain: true })
    await attacker.publishAsync('baari/v1/s1/gas/valve-1/data', '{}', { qos: 1 })
    await victim.publishAsync('baari/v1/s1/gas/valve-1/data', '{}', { qos: 1 })
    expect(rows.map((row) => row.kind === 'quarantine' && row.reason)).toEqual([
      'foreign-topic',
      'foreign-topic',
      'malformed',
    ])
    expect(heard).toEqual([])
    expect(faults).toContain('inlet_refused')
    await expect(victim.subscribeAsync('baari/v1/s1/gas/+/data')).rejects.toThrow()
  })

  it('B09 a client that does not prove who it is, or pings too rarely a short keep-alive, is refused', async () => {
    const { url, inlet } = await inletWith({ authenticate: () => false })
    const wrong = { clientId: 'a', username: 'a', password: 'b', reconnectPeriod: 0 }
    await expect(connectAsync(url, wrong)).rejects.toThrow()
    const hasty = connect(url, { clientId: 'c', keepalive: 10, reconnectPeriod: 0 })
    await new Promise<void>((resolve) => hasty.once('close', () => resolve()))
    expect(hasty.connected).toBe(false)
    expect(inlet.counters().refusedConnections).toBe(2)
  })

  it('B04 a packet of 3 MiB ends its connection before it is collected', async () => {
    const { inlet } = await inletWith()
    const socket = createConnection(inlet.port, '127.0.0.1')
    let closed = false
    socket.on('close', () => (closed = true))
    socket.on('error', () => undefined)
    socket.write(Uint8Array.of(0x30, 0x80, 0x80, 0xc0, 0x01))
    await eventually(() => closed, 'the connection is cut')
  })

  it('B04 after ten bad messages a device is quarantined, acknowledged and not believed', async () => {
    const { url, rows, faults } = await inletWith()
    const client = await connectAsync(url, { clientId: 'bad' })
    cleanUps.push(() => client.endAsync())
    const topic = 'baari/v1/s1/gas/bad/data'
    for (let message = 0; message < 10; message += 1)
      await client.publishAsync(topic, 'x', { qos: 1 })
    const good = JSON.stringify({ boot: 'b', seq: 1, ts: clock.now(), q: 'good' })
    await client.publishAsync(topic, good, { qos: 1 })
    expect(rows.at(-1)).toMatchObject({ kind: 'quarantine', reason: 'device-quarantined' })
    expect(faults).toContain('inlet_refused')
  })

  it('B03 a flood of QoS 1 is delayed and complete; of QoS 0 the excess is dropped', async () => {
    const { inlet, rows, url } = await inletWith({
      // No time passes for the limit, so that a slow machine sends no slower flood.
      clock: { ...clock, mono: () => mono(0) },
      limits: { rate: { perSecond: 500, burst: 100 } },
    })
    const client = await connectAsync(url, { clientId: 'flood' })
    cleanUps.push(() => client.endAsync())
    const payload = (seq: number) => JSON.stringify({ boot: 'b', seq, ts: clock.now(), q: 'good' })
    const sends = Array.from({ length: 400 }, (_, seq) =>
      client.publishAsync('baari/v1/s1/gas/flood/event', payload(seq), { qos: 1 }),
    )
    await Promise.all(sends)
    expect(messages(rows)).toHaveLength(400)
    expect(inlet.counters().delayed).toBe(300)
    for (let seq = 0; seq < 500; seq += 1)
      client.publish('baari/v1/s1/gas/flood/data', payload(seq), { qos: 0 })
    await eventually(() => inlet.counters().received === 900, 'all arrived')
    expect(inlet.counters().dropped).toBe(500)
  })
})

const missing = missingProgram('mosquitto_pub', 'mosquitto-clients')

describe.skipIf(missing !== null)(`mosquitto_pub${missing === null ? '' : ` (${missing})`}`, () => {
  it('B08 delivers 20,000 QoS 1 readings, each stored once', async () => {
    const { inlet, rows } = await inletWith({
      limits: { rate: { perSecond: 100_000, burst: 100_000 } },
    })
    const args = ['-h', '127.0.0.1', '-p', String(inlet.port), '-i', 'meter-1', '-q', '1', '-l']
    const child = spawn('mosquitto_pub', [...args, '-t', 'baari/v1/s1/gas/meter-1/data'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    for (let seq = 0; seq < 20_000; seq += 1) {
      child.stdin.write(
        `${JSON.stringify({ boot: 'b1', seq, ts: clock.now(), q: 'good', values: { pressureMbar: seq } })}\n`,
      )
    }
    child.stdin.end()
    const code = await new Promise((resolve) => child.once('exit', resolve))
    expect(code).toBe(0)
    expect(new Set(messages(rows).map((row) => row.seq)).size).toBe(20_000)
    expect(inlet.counters().quarantined).toBe(0)
  })
})

it('B08 after SIGKILL in the middle every acknowledged reading is on disk', async () => {
  const folder = scratchFolder()
  cleanUps.push(folder.remove)
  const file = join(folder.path, 'readings.jsonl')
  const script = fileURLToPath(new URL('../rigs/inlet-process.ts', import.meta.url))
  const node = run(process.execPath, ['--import', 'tsx', script, file])
  cleanUps.push(() => node.end('SIGKILL'))
  await eventually(() => node.output().includes('port'), 'the inlet is up', 30_000)
  const { port } = JSON.parse(node.output()) as { port: number }
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: 'm1',
    reconnectPeriod: 0,
  })
  const acknowledged = new Set<number>()
  client.on('error', () => undefined)
  for (let seq = 0; seq < 6_000; seq += 1) {
    const payload = JSON.stringify({ boot: 'b1', seq, ts: clock.now(), q: 'good', values: {} })
    client.publish('baari/v1/s1/gas/m1/data', payload, { qos: 1 }, (error) => {
      if (!error) acknowledged.add(seq)
    })
  }
  await eventually(() => acknowledged.size > 1_000, 'a thousand acknowledgements', 30_000)
  await node.end('SIGKILL')
  await client.endAsync(true)
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
  const stored = new Set(lines.map((line) => (JSON.parse(line) as { seq: number }).seq))
  expect(acknowledged.size).toBeGreaterThan(1_000)
  expect([...acknowledged].filter((seq) => !stored.has(seq))).toEqual([])
})
