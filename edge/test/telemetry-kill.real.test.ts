import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually, startProgram, type Child } from './support/child-process.ts'
import { recordAcknowledgements } from './support/mqtt-recorder.ts'
import { nodeFolder } from './support/node-folder.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

/** `BAARI_READINGS=20000` is the full run; each device may send a thousand in one burst (B03). */
const readings = Number(process.env['BAARI_READINGS'] ?? 4000)
const perDevice = 1000
const devices = Array.from({ length: Math.ceil(readings / perDevice) }, (_, i) => `m${i + 1}`)

const station = `
station: { id: IN-MH-0007, control: false }
buses: { sim: { kind: tcp, host: 127.0.0.1, port: 1 } }
dispensers:
  - { id: d1, lane: 1, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 1 }
`

function startNode(folder: string): Child {
  const child = startProgram('edge/src/main.ts', {
    BAARI_DATA: folder,
    BAARI_PORT: '0',
    BAARI_MQTT_PORT: '0',
    BAARI_LOG: 'silent',
  })
  cleanUps.push(() => child.end('SIGKILL'))
  return child
}

/** Debian's own client, one line of standard input per message. */
function publishAll(port: number, device: string): void {
  const topic = `baari/v1/IN-MH-0007/gas/${device}/data`
  const args = ['-h', '127.0.0.1', '-p', String(port), '-i', device, '-q', '1', '-t', topic, '-l']
  const child = spawn('mosquitto_pub', args, { stdio: ['pipe', 'ignore', 'ignore'] })
  cleanUps.push(() => child.kill('SIGKILL'))
  child.stdin.on('error', () => undefined)
  const reading = (seq: number): string =>
    JSON.stringify({ boot: 'b1', seq, ts: Date.now(), q: 'good', values: { pctLel: seq % 20 } })
  for (let seq = 0; seq < perDevice; seq += 1) child.stdin.write(`${reading(seq)}\n`)
  child.stdin.end()
}

function storedIn(folder: string): ReadonlySet<string> {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true })
  const rows = db.prepare("SELECT device || '/' || seq FROM reading").pluck().all() as string[]
  db.close()
  expect(new Set(rows).size).toBe(rows.length)
  return new Set(rows)
}

const missing = spawnSync('mosquitto_pub', ['--help']).error !== undefined
const why = missing ? ' (skipped: apt-get install mosquitto-clients)' : ''

describe.skipIf(missing)(`B08: mosquitto_pub${why}`, () => {
  it(`of ${readings} QoS 1 readings and a SIGKILL between, every acknowledged one is in SQLite after the restart`, async () => {
    const folder = await nodeFolder(station)
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const node = startNode(folder)
    const mqttPort = Number(await node.said(/mqtt: \S+:(\d+)/))
    const recorder = await recordAcknowledgements(mqttPort)
    cleanUps.push(() => recorder.close())

    for (const device of devices) publishAll(recorder.port, device)
    await eventually(() => recorder.acknowledged.size >= readings / 3, {
      what: 'a third of the acknowledgements',
      withinMs: 100_000,
    })
    await node.end('SIGKILL')
    await recorder.close()
    const acknowledged = [...recorder.acknowledged]
    expect(acknowledged.length).toBeLessThan(readings)

    const again = startNode(folder)
    await again.said(/station node: /)
    const stored = storedIn(folder)
    expect(acknowledged.filter((reading) => !stored.has(reading))).toEqual([])
    expect(stored.size).toBeGreaterThanOrEqual(acknowledged.length)
  })
})
