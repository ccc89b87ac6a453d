import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually, startProgram, type Child } from './support/child-process.ts'
import { nodeFolder } from './support/node-folder.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

const readings = 2_000
const station = `
station: { id: IN-MH-0007, control: false }
buses: { sim: { kind: tcp, host: 127.0.0.1, port: 1 } }
dispensers:
  - { id: d1, lane: 1, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 1 }
`

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

async function startBroker(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'baari-broker-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 100000']
  writeFileSync(config, `${lines.join('\n')}\n`)
  const child = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  cleanUps.push(() => child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  await eventually(() => said.includes('running'), { what: 'mosquitto' })
  return port
}

function startNode(folder: string, broker: number, more: Record<string, string> = {}): Child {
  const child = startProgram('edge/src/main.ts', {
    ...{ BAARI_DATA: folder, BAARI_PORT: '0', BAARI_MQTT: '0', BAARI_LOG: 'silent' },
    BAARI_SITE_BROKER: `mqtt://127.0.0.1:${broker}`,
    ...more,
  })
  cleanUps.push(() => child.end('SIGKILL'))
  return child
}

/** Ends when the broker has acknowledged every one of them. */
function publishAll(port: number): Promise<number | null> {
  const topic = 'baari/v1/IN-MH-0007/gas/m1/data'
  const args = ['-h', '127.0.0.1', '-p', String(port), '-i', 'm1', '-q', '1', '-t', topic, '-l']
  const child = spawn('mosquitto_pub', args, { stdio: ['pipe', 'ignore', 'ignore'] })
  cleanUps.push(() => child.kill('SIGKILL'))
  child.stdin.on('error', () => undefined)
  for (let seq = 0; seq < readings; seq += 1) {
    const reading = { boot: 'b1', seq, ts: Date.now(), q: 'good', values: { pctLel: seq % 20 } }
    child.stdin.write(`${JSON.stringify(reading)}\n`)
  }
  child.stdin.end()
  return new Promise((resolve) => child.once('exit', resolve))
}

function storedIn(folder: string): number {
  if (!existsSync(join(folder, 'telemetry.db'))) return 0
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true })
  // The store makes its tables with the first reading.
  const made = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'reading'").get()
  if (made === undefined) return 0
  const counts = db
    .prepare<[], { n: number; seqs: number }>(
      'SELECT count(*) AS n, count(DISTINCT seq) AS seqs FROM reading',
    )
    .get()
  db.close()
  expect(counts?.n).toBe(counts?.seqs)
  return counts?.seqs ?? 0
}

const missing = spawnSync('mosquitto_pub', ['--help']).error !== undefined
const why = missing ? ' (skipped: apt-get install mosquitto mosquitto-clients)' : ''

describe.skipIf(missing)(`B08: the broker of a site${why}`, () => {
  it(`${readings} QoS 1 readings and a SIGKILL of the node between: every one is stored, once`, async () => {
    const broker = await startBroker()
    const folder = await nodeFolder(station)
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const node = startNode(folder, broker)
    await node.said(/station node: /)
    const published = publishAll(broker)
    await eventually(() => storedIn(folder) > 0, { what: 'the first readings' })
    await node.end('SIGKILL')
    expect(await published).toBe(0)

    const again = startNode(folder, broker)
    await again.said(/station node: /)
    await eventually(() => storedIn(folder) === readings, { what: 'the others' })
  })

  it('the same broker shows the station to a host that speaks Sparkplug B', async () => {
    const broker = await startBroker()
    const folder = await nodeFolder(station)
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const args = ['-h', '127.0.0.1', '-p', String(broker), '-t', 'spBv1.0/#', '-F', '%t', '-d']
    // Into a pipe it would write only when a block is full.
    const host = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    cleanUps.push(() => host.kill('SIGKILL'))
    let said = ''
    host.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
    await eventually(() => said.includes('SUBACK'), { what: 'the host' })
    const heard = (): readonly string[] => said.split('\n').filter((line) => line.startsWith('spB'))
    const node = startNode(folder, broker, { BAARI_SPARKPLUG: `mqtt://127.0.0.1:${broker}` })
    await node.said(/station node: /)
    await eventually(() => heard().length >= 2, { what: 'the births' })
    expect(heard().slice(0, 2)).toEqual([
      'spBv1.0/Baari/NBIRTH/IN-MH-0007',
      'spBv1.0/Baari/DBIRTH/IN-MH-0007/position-1',
    ])
    expect(await node.end('SIGTERM')).toBe(0)
    const death = 'spBv1.0/Baari/NDEATH/IN-MH-0007'
    await eventually(() => heard().includes(death), { what: 'the death' })
  })
})
