import { mkdirSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { connect, connectAsync, type MqttClient } from 'mqtt'
import type { Fault } from '@baari/shared/faults/no'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startInlet } from '../../src/inlet/inlet.ts'
import type { InletRecord } from '../../src/inlet/inlet-record.ts'
import { eventually } from '../rigs/eventually.ts'
import { missingProgram, scratchFolder } from '../rigs/foreign-program.ts'
import { realClock as clock } from '../rigs/real-modbus.ts'
import { TestAuthority, type Issued } from '../rigs/test-authority.ts'

const missing = missingProgram('openssl', 'openssl')
const folder = scratchFolder()
afterAll(folder.remove)

function authority(name: string): TestAuthority {
  const path = join(folder.path, name)
  mkdirSync(path)
  return new TestAuthority(path)
}

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

describe.skipIf(missing !== null)(
  `the secure door${missing === null ? '' : ` (${missing})`}`,
  () => {
    const own = missing === null ? authority('own') : null
    const issue = (name: string, from?: string, until?: string): Issued =>
      own?.issue(name, from, until) ?? { key: '', cert: '' }

    async function inletWith(revokedPem?: string) {
      const rows: InletRecord[] = []
      const faults: Fault[] = []
      const door = issue('localhost')
      const deviceCaPem = own?.caPem ?? ''
      const inlet = await startInlet({
        port: 0,
        station: 's1',
        clock,
        store: (group) => Promise.resolve(void rows.push(...group)),
        onFault: (raised) => faults.push(raised),
        secure: {
          host: '127.0.0.1',
          port: 0,
          certificates: {
            keyPem: door.key,
            certPem: door.cert,
            deviceCaPem,
            ...(revokedPem === undefined ? {} : { revokedPem }),
          },
        },
      })
      cleanUps.push(() => inlet.close())
      const how = (shown: Issued | null, clientId: string) => ({
        ...(shown ?? {}),
        ca: deviceCaPem,
        clientId,
        reconnectPeriod: 0,
      })
      const url = `mqtts://127.0.0.1:${inlet.securePort}`
      const enter = async (shown: Issued, clientId = 'lel-1'): Promise<MqttClient> => {
        const client = await connectAsync(url, how(shown, clientId))
        cleanUps.push(() => client.endAsync(true))
        return client
      }
      /** Resolves when the door has closed the connection; true when it never let the device in. */
      const turnedAway = async (shown: Issued | null): Promise<boolean> => {
        const client = connect(url, how(shown, 'lel-1'))
        let admitted = false
        client.on('connect', () => (admitted = true)).on('error', () => undefined)
        await new Promise<void>((resolve) => client.once('close', () => resolve()))
        await client.endAsync(true)
        return !admitted
      }
      return { inlet, rows, faults, enter, turnedAway }
    }
    const payload = (seq: number) =>
      JSON.stringify({ boot: 'b1', seq, ts: clock.now(), q: 'good', values: { pctLel: 3 } })
    const topic = 'baari/v1/s1/gas/lel-1/data'

    it('a device with its certificate publishes under its own name, and under no other', async () => {
      const { enter, rows } = await inletWith()
      const shown = issue('lel-1')
      const device = await enter(shown)
      await device.publishAsync(topic, payload(1), { qos: 1 })
      expect(rows).toMatchObject([{ kind: 'data', device: 'lel-1' }])
      await expect(enter(shown, 'lel-2')).rejects.toThrow()
    })

    it.each([
      ['an expired certificate', 'expired', () => issue('lel-1', '200101', '210101')],
      ['one of another authority', 'authority', () => authority('strange').issue('lel-1')],
      ['none', 'no certificate', () => null],
    ])('B09 a device that shows %s is refused with a clear alarm', async (_, words, shown) => {
      const { turnedAway, faults, inlet, rows } = await inletWith()
      expect(await turnedAway(shown())).toBe(true)
      await eventually(() => faults.length === 1, 'the alarm')
      expect(faults).toMatchObject([{ code: 'inlet_certificate', device: 'inlet' }])
      expect(faults[0]?.hint).toContain(words)
      expect(inlet.counters().refusedConnections).toBe(1)
      expect(rows).toEqual([])
    })

    it('B09 a certificate that was taken back is refused, and the others go on', async () => {
      const lost = issue('lel-1')
      const { enter, turnedAway, faults } = await inletWith(own?.revoke(lost))
      expect(await turnedAway(lost)).toBe(true)
      await eventually(() => faults.length === 1, 'the alarm')
      expect(faults[0]?.hint).toContain('taken back')
      const other = await enter(issue('lel-2'), 'lel-2')
      expect(other.connected).toBe(true)
    })

    it('B09 while a stranger is refused, devices of the node’s own machine go on', async () => {
      const { turnedAway, inlet, rows } = await inletWith()
      const local = await connectAsync(`mqtt://127.0.0.1:${inlet.port}`, { clientId: 'lel-1' })
      cleanUps.push(() => local.endAsync(true))
      expect(await turnedAway(null)).toBe(true)
      await local.publishAsync(topic, payload(1), { qos: 1 })
      expect(rows).toMatchObject([{ kind: 'data' }])
    })

    it('B09 bytes that are no TLS at all end their connection', async () => {
      const { inlet, faults } = await inletWith()
      const socket = connectPlain(inlet.securePort ?? 0, '127.0.0.1')
      let closed = false
      socket.on('close', () => (closed = true)).on('error', () => undefined)
      socket.write('GET / HTTP/1.1\r\n\r\n')
      await eventually(() => closed && faults.length === 1, 'the connection is cut')
      expect(faults[0]?.hint).toContain('no TLS')
    })
  },
)
