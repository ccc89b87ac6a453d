import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { connectAsync } from 'mqtt'
import { newClient } from 'sparkplug-client'
import sparkplug from 'sparkplug-payload'
import { present } from '@baari/shared/faults/assert'
import { afterEach, describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/northbound/metrics.ts'
import { openSparkplugNode, type SparkplugOptions } from '../../src/northbound/sparkplug-node.ts'
import { eventually } from '../rigs/eventually.ts'
import { missingProgram } from '../rigs/foreign-program.ts'
import { startMosquitto, type Mosquitto } from '../rigs/mosquitto.ts'
import { realClock as clock } from '../rigs/real-modbus.ts'

const missing = missingProgram('mosquitto', 'mosquitto')
const codec = present(sparkplug.get('spBv1.0'), 'codec')
const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

async function broker(): Promise<Mosquitto> {
  const site = await startMosquitto()
  cleanUps.push(() => site.stop())
  return site
}

type Value = { readonly value: unknown; readonly historical: boolean }
type Seen = {
  readonly kind: string
  readonly device: string | null
  readonly seq: number | null
  readonly values: Readonly<Record<string, Value>>
}

/** A host application: reads whatever nodes of the group say, in order. */
async function host(port: number, node = 'IN-GJ-0042') {
  const seen: Seen[] = []
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 })
  cleanUps.push(() => client.endAsync(true))
  client.on('error', () => undefined)
  client.on('message', (topic, bytes) => {
    const [, , kind = '', name, device = null] = topic.split('/')
    if (name !== node) return
    const { seq, metrics } = codec.decodePayload(bytes)
    const values = Object.fromEntries(
      (metrics ?? []).map(({ name: metric, value, isHistorical }) => [
        String(metric),
        { value: plain(value), historical: isHistorical === true },
      ]),
    )
    const number = seq === undefined || seq === null ? null : Number(seq)
    seen.push({ kind, device, seq: kind === 'NDEATH' ? null : number, values })
  })
  await client.subscribeAsync(['spBv1.0/Baari/+/+', 'spBv1.0/Baari/+/+/+'], { qos: 1 })
  const command = (metric: object) =>
    client.publishAsync(
      `spBv1.0/Baari/NCMD/${node}`,
      Buffer.from(codec.encodePayload({ timestamp: clock.now(), metrics: [metric as never] })),
    )
  const state = (online: boolean) =>
    client.publishAsync('spBv1.0/STATE/scada', JSON.stringify({ online, timestamp: clock.now() }), {
      qos: 1,
      retain: true,
    })
  return { seen, command, state, kinds: () => seen.map(({ kind }) => kind) }
}

/** Long integers of the codec as numbers. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'toNumber' in value
    ? (value as { toNumber(): number }).toNumber()
    : value
}

function node(port: number, over: Partial<SparkplugOptions> = {}) {
  const made = openSparkplugNode({
    ...{ url: `mqtt://127.0.0.1:${port}`, group: 'Baari', node: 'IN-GJ-0042', host: null, clock },
    ...over,
  })
  cleanUps.push(() => made.close())
  return made
}

const station = (queue: number, grams: number | null = 0): Snapshot => ({
  node: { 'Queue/Walk-ins': { type: 'Int64', value: queue } },
  devices: {
    'position-1': {
      State: { type: 'String', value: grams === null ? 'free' : 'filling' },
      'Fill grams': { type: 'Int64', value: grams },
    },
  },
})

const rebirth = { name: 'Node Control/Rebirth', type: 'Boolean', value: true }

describe.skipIf(missing !== null)(`Sparkplug B${missing ? ` (${missing})` : ''}`, () => {
  it('is born with every value, then tells what changes, in one sequence', async () => {
    const { port } = await broker()
    const { seen, kinds } = await host(port)
    const edge = node(port)
    edge.show(station(3))
    await eventually(() => seen.length === 2, 'both births')
    edge.show(station(3, 1_250))
    edge.show(station(4, null))
    await eventually(() => seen.length === 5, 'the changes')
    expect(kinds()).toEqual(['NBIRTH', 'DBIRTH', 'DDATA', 'NDATA', 'DDATA'])
    expect(seen.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4])
    expect(seen[0]?.values).toMatchObject({
      bdSeq: { value: 0 },
      'Node Control/Rebirth': { value: false },
      'Queue/Walk-ins': { value: 3 },
    })
    expect(seen[1]?.values).toMatchObject({ State: { value: 'filling' } })
    expect(seen[2]?.values).toEqual({ 'Fill grams': { value: 1_250, historical: false } })
    expect(seen[4]?.values['Fill grams']?.value).toBeNull()
  })

  it('counts its messages from 0 to 255 and begins again at 0', async () => {
    const { port } = await broker()
    const { seen } = await host(port)
    const edge = node(port)
    edge.show(station(0))
    await eventually(() => edge.born(), 'the birth')
    for (let queue = 1; queue <= 300; queue += 1) edge.show(station(queue))
    await eventually(() => seen.length === 302, 'all of it')
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index % 256))
  })

  it('is born again when the host asks, and does nothing else that it is told', async () => {
    const { port } = await broker()
    const { seen, command } = await host(port)
    const faults: string[] = []
    const edge = node(port, { onFault: ({ code }) => faults.push(code) })
    edge.show(station(1))
    await eventually(() => seen.length === 2, 'the births')
    await command({ name: 'position-1/Authorise', type: 'Boolean', value: true })
    await eventually(() => edge.counters().refusedCommands === 1, 'the refusal')
    expect(faults).toEqual(['inlet_refused'])
    await command(rebirth)
    await eventually(() => seen.filter(({ kind }) => kind === 'NBIRTH').length === 2, 'the rebirth')
    expect(seen.filter(({ kind }) => kind === 'NBIRTH')[1]?.seq).toBe(0)
  })

  it('without a broker remembers what changed and tells it as history after the next birth', async () => {
    const site = await broker()
    const { seen, kinds } = await host(site.port)
    const edge = node(site.port)
    edge.show(station(1))
    await eventually(() => seen.length === 2, 'the births')
    const restarted = site.restart()
    await eventually(() => !edge.born(), 'the loss')
    edge.show(station(2))
    edge.show(station(3))
    await restarted
    await eventually(() => kinds().filter((kind) => kind === 'NDATA').length === 2, 'the history')
    const [births, data] = [kinds().lastIndexOf('NBIRTH'), kinds().indexOf('NDATA')]
    expect(births).toBeLessThan(data)
    expect(seen[births]?.values['Queue/Walk-ins']).toEqual({ value: 3, historical: false })
    const told = seen.slice(data).map(({ values }) => values['Queue/Walk-ins'])
    expect(told).toEqual([
      { value: 2, historical: true },
      { value: 3, historical: true },
    ])
    expect(Number(seen[births]?.values['bdSeq']?.value)).toBeGreaterThan(0)
  })

  it('keeps a bounded history', async () => {
    const edge = node(1)
    edge.show(station(0))
    for (let queue = 1; queue <= 2_500; queue += 1) edge.show(station(queue))
    expect(edge.counters().forgotten).toBe(500)
    await edge.close()
  })

  it('a node that vanishes dies by its will, with the number of its birth', async () => {
    const { port } = await broker()
    const { seen, kinds } = await host(port)
    const edge = node(port)
    edge.show(station(1))
    await eventually(() => seen.length === 2, 'the births')
    // The same client id: the broker throws the first connection out.
    const usurper = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      ...{ clientId: 'baari-sparkplug-IN-GJ-0042', reconnectPeriod: 0 },
    })
    await usurper.endAsync(true)
    await eventually(() => kinds().includes('NDEATH'), 'the death')
    const death = seen.find(({ kind }) => kind === 'NDEATH')
    expect(death?.values['bdSeq']).toEqual(seen[0]?.values['bdSeq'])
    await eventually(() => kinds().lastIndexOf('NBIRTH') > kinds().indexOf('NDEATH'), 'new birth')
  })

  it('with a primary host waits for it, dies when it leaves, and comes back with it', async () => {
    const { port } = await broker()
    const { seen, kinds, state } = await host(port)
    await state(false)
    const edge = node(port, { host: 'scada' })
    edge.show(station(1))
    edge.show(station(2))
    await state(true)
    await eventually(() => kinds().includes('NDATA'), 'birth and history')
    expect(kinds()).toEqual(['NBIRTH', 'DBIRTH', 'NDATA'])
    expect(seen[2]?.values['Queue/Walk-ins']).toEqual({ value: 2, historical: true })
    await state(false)
    await eventually(() => kinds().includes('NDEATH'), 'the death')
    edge.show(station(3))
    await state(true)
    await eventually(() => kinds().lastIndexOf('NBIRTH') > kinds().indexOf('NDEATH'), 'new birth')
  })

  it('a host reads it as it reads a node of the Sparkplug client', async () => {
    const { port } = await broker()
    const ours = await host(port)
    const theirs = await host(port, 'peer')
    const peer = newClient({
      ...{ serverUrl: `mqtt://127.0.0.1:${port}`, username: '', password: '', clientId: 'peer' },
      ...{ groupId: 'Baari', edgeNode: 'peer' },
    })
    cleanUps.push(() => void peer.stop())
    const edge = node(port)
    peer.on('birth', () => {
      peer.publishNodeBirth({
        timestamp: clock.now(),
        metrics: [
          { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
          { name: 'Queue/Walk-ins', type: 'Int64', value: 3 },
        ],
      })
      peer.publishDeviceBirth('position-1', {
        timestamp: clock.now(),
        metrics: [
          { name: 'State', type: 'String', value: 'filling' },
          { name: 'Fill grams', type: 'Int64', value: 0 },
        ],
      })
    })
    edge.show(station(3))
    await eventually(() => ours.seen.length === 2 && theirs.seen.length === 2, 'four births')
    expect(ours.seen).toEqual(theirs.seen)
  })
})
