import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { connectAsync, type MqttClient } from 'mqtt'

import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { afterEach, describe, expect, it } from 'vitest'
import type { InletMessage, InletRecord } from '../../src/inlet/inlet-record.ts'
import {
  mostInFlight,
  openSiteBroker,
  type SiteBrokerOptions,
} from '../../src/inlet/site-broker.ts'
import { eventually } from '../rigs/eventually.ts'
import { missingProgram, scratchFolder } from '../rigs/foreign-program.ts'
import { startMosquitto, type Mosquitto } from '../rigs/mosquitto.ts'
import { realClock as clock } from '../rigs/real-modbus.ts'
import { TestAuthority, type Issued } from '../rigs/test-authority.ts'

const missing = missingProgram('mosquitto', 'mosquitto')
const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

async function mosquitto(door?: Parameters<typeof startMosquitto>[0]): Promise<Mosquitto> {
  const site = await startMosquitto(door)
  cleanUps.push(() => site.stop())
  return site
}

function inlet(at: string, over: Partial<SiteBrokerOptions> = {}) {
  const rows: InletRecord[] = []
  const faults: string[] = []
  const groups: number[] = []
  const broker = openSiteBroker({
    ...{ url: at, clientId: 'node-s1', station: 's1', clock, prng: seededPrng(1) },
    store: (group) => {
      groups.push(group.length)
      rows.push(...group)
      return Promise.resolve()
    },
    onFault: (fault) => faults.push(`${fault.code}: ${fault.hint}`),
    ...over,
  })
  cleanUps.push(() => broker.close())
  return { broker, rows, faults, groups }
}

const messages = (rows: readonly InletRecord[]) =>
  rows.filter((row): row is InletMessage => row.kind !== 'quarantine')
const seqs = (rows: readonly InletRecord[]) => new Set(messages(rows).map(({ seq }) => seq))

async function device(url: string): Promise<MqttClient> {
  const client = await connectAsync(url, { clientId: 'lel-1', reconnectPeriod: 100, clean: false })
  client.on('error', () => undefined)
  cleanUps.push(() => client.endAsync(true))
  return client
}

function event(client: MqttClient, seq: number, more: object = {}): Promise<unknown> {
  const payload = { boot: 'b1', seq, ts: clock.now(), q: 'good', values: { pctLel: 3 }, ...more }
  return client.publishAsync('baari/v1/s1/gas/lel-1/event', JSON.stringify(payload), { qos: 1 })
}

async function online({ broker }: Pick<ReturnType<typeof inlet>, 'broker'>): Promise<void> {
  await eventually(() => broker.online(), 'the connection')
}

describe.skipIf(missing !== null)(`the broker of a site${missing ? ` (${missing})` : ''}`, () => {
  it('B08 what is not on disk is not acknowledged and comes again to the node’s next process', async () => {
    const { port } = await mosquitto()
    const url = `mqtt://127.0.0.1:${port}`
    const stuck = inlet(url, { store: () => new Promise(() => undefined) })
    await online(stuck)
    const sensor = await device(url)
    await Promise.all(Array.from({ length: 50 }, (_, seq) => event(sensor, seq)))
    await eventually(() => stuck.broker.unstored() === 50, 'fifty messages that wait')
    await stuck.broker.close()
    const next = inlet(url)
    await eventually(() => seqs(next.rows).size === 50, 'all of them')
  })

  it('many messages are on their way at once, and never more than the receive maximum', async () => {
    const { port } = await mosquitto()
    const url = `mqtt://127.0.0.1:${port}`
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const rows: InletRecord[] = []
    const node = inlet(url, {
      store: async (group) => {
        await held
        rows.push(...group)
      },
    })
    await online(node)
    const sensor = await device(url)
    await Promise.all(Array.from({ length: 1_000 }, (_, seq) => event(sensor, seq)))
    await eventually(() => node.broker.unstored() === mostInFlight, 'a full window')
    expect(node.broker.counters().received).toBe(mostInFlight)
    release()
    await eventually(() => seqs(rows).size === 1_000, 'the rest')
    expect(rows).toHaveLength(1_000)
  })

  it('B01 no event is lost over a restart of the broker', async () => {
    const site = await mosquitto()
    const url = `mqtt://127.0.0.1:${site.port}`
    const node = inlet(url)
    await online(node)
    const sensor = await device(url)
    const hundred = (from: number) =>
      Promise.all(Array.from({ length: 100 }, (_, index) => event(sensor, from + index)))
    await hundred(0)
    const restarted = site.restart()
    await hundred(100)
    await restarted
    await eventually(() => seqs(node.rows).size === 200, 'all two hundred')
    expect(node.broker.counters().connections).toBeGreaterThan(1)
    expect(node.faults.join()).not.toContain('disk_full')
  })

  it('P02 a group that the store refuses comes again', async () => {
    const { port } = await mosquitto()
    const url = `mqtt://127.0.0.1:${port}`
    let refusals = 2
    const rows: InletRecord[] = []
    const node = inlet(url, {
      store: (group) => {
        if (refusals-- > 0) return Promise.reject(new Error('disk full'))
        rows.push(...group)
        return Promise.resolve()
      },
    })
    await online(node)
    await event(await device(url), 7)
    await eventually(() => seqs(rows).has(7), 'the message')
    expect(node.broker.counters().failedGroups).toBe(2)
    expect(node.faults[0]).toContain('disk_full')
  })

  it('B02 a retained event is history, whatever its time says', async () => {
    const { port } = await mosquitto()
    const url = `mqtt://127.0.0.1:${port}`
    const sensor = await device(url)
    const payload = { boot: 'b1', seq: 1, ts: clock.now(), q: 'good', values: { pctLel: 45 } }
    await sensor.publishAsync('baari/v1/s1/gas/lel-1/event', JSON.stringify(payload), {
      ...{ qos: 1, retain: true },
    })
    const node = inlet(url)
    await eventually(() => node.rows.length === 1, 'the retained one')
    expect(messages(node.rows)[0]).toMatchObject({ seq: 1, live: false })
    await event(sensor, 2)
    await eventually(() => node.rows.length === 2, 'the live one')
    expect(messages(node.rows)[1]).toMatchObject({ seq: 2, live: true })
  })

  it('B04 what cannot be read is stored apart, acknowledged, and does not come again', async () => {
    const { port } = await mosquitto()
    const url = `mqtt://127.0.0.1:${port}`
    const node = inlet(url)
    await online(node)
    const sensor = await device(url)
    await sensor.publishAsync('baari/v1/s1/gas/lel-1/event', '{"boot":', { qos: 1 })
    await eventually(() => node.broker.counters().quarantined === 1, 'the bad one')
    await node.broker.close()
    const next = inlet(url)
    await online(next)
    await event(sensor, 1)
    await eventually(() => next.rows.length > 0, 'the good one')
    expect(next.rows.map(({ kind }) => kind)).toEqual(['event'])
  })

  describe('over TLS with certificates', () => {
    async function secure() {
      const keys = scratchFolder()
      cleanUps.push(() => keys.remove())
      const authority = new TestAuthority(keys.path)
      const broker = authority.issue('broker')
      const site = await mosquitto((folder) => {
        const put = (name: string, text: string): string => {
          writeFileSync(join(folder, name), text)
          return join(folder, name)
        }
        return [
          `cafile ${put('ca.pem', authority.caPem)}`,
          `certfile ${put('broker.pem', broker.cert)}`,
          `keyfile ${put('broker.key', broker.key)}`,
          ...['require_certificate true', 'use_identity_as_username true'],
          `acl_file ${put('acl', 'user node-s1\ntopic read baari/v1/s1/#\nuser lel-1\ntopic write baari/v1/s1/gas/lel-1/#\n')}`,
        ]
      })
      const shown = ({ cert, key }: Issued, ca = authority.caPem) => ({
        ...{ caPem: ca, certPem: cert, keyPem: key },
      })
      return { authority, shown, url: `mqtts://127.0.0.1:${site.port}` }
    }

    it('B09 the node shows its certificate and reads what devices with theirs send', async () => {
      const { authority, shown, url } = await secure()
      const node = inlet(url, { certificates: shown(authority.issue('node-s1')) })
      await online(node)
      const { cert, key } = authority.issue('lel-1')
      const sensor = await connectAsync(url, { ca: authority.caPem, cert, key })
      cleanUps.push(() => sensor.endAsync(true))
      await event(sensor, 3)
      await eventually(() => seqs(node.rows).has(3), 'the event')
      expect(node.faults).toEqual([])
    })

    it('B09 a certificate of ours that has expired is an alarm that says so', async () => {
      const { authority, shown, url } = await secure()
      const expired = authority.issue('node-s1', '200101', '210101')
      const node = inlet(url, { certificates: shown(expired) })
      await eventually(() => node.faults.length > 0, 'the alarm')
      expect(node.faults[0]).toMatch(/^inlet_unreachable: 127\.0\.0\.1:\d+: .*certificate/i)
      expect(node.broker.online()).toBe(false)
    })

    it('B09 a broker of another authority is not trusted', async () => {
      const { authority, shown, url } = await secure()
      const folder = scratchFolder()
      cleanUps.push(() => folder.remove())
      const stranger = new TestAuthority(folder.path)
      const node = inlet(url, { certificates: shown(authority.issue('node-s1'), stranger.caPem) })
      await eventually(() => node.faults.length > 0, 'the alarm')
      expect(node.faults[0]).toContain('SELF_SIGNED_CERT_IN_CHAIN')
      expect(node.broker.online()).toBe(false)
    })
  })
})
