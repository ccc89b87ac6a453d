import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { serveSlaves, slaveDevice } from '@baari/hardware/simulators/modbus-slave'
import { serveOnTcp } from '@baari/hardware/simulators/serve-on-tcp'
import { SimulatedInputModule } from '@baari/hardware/simulators/simulated-input-module'
import { startSimulatedStation } from '@baari/hardware/simulators/simulated-station'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { stationView, type StationView } from '@baari/shared/contracts/live/station-view'
import Database from 'better-sqlite3'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, expect, it } from 'vitest'
import { eventually, startProgram } from './support/child-process.ts'
import { kavita, kavitasPin, nodeFolder } from './support/node-folder.ts'
import { insert } from './support/station-world.ts'

const clock = systemClock()
const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

const meera = '00000001-0000-7000-8000-00000000c002'
const meerasPin = '739105'

/** Two dispensers and a gas detector on a 4-20 mA module, as bytes over TCP. */
async function forecourt() {
  const world = await startSimulatedStation({ positions: 2, seed: 1, clock })
  cleanUps.push(() => world.close())
  const module = new SimulatedInputModule()
  module.current(0, 4_000)
  const input = await serveOnTcp({
    port: 0,
    attach: (line) => serveSlaves(line, [slaveDevice(20, module)], clock),
  })
  cleanUps.push(() => input.close())
  const folder = await nodeFolder(`
station: { id: IN-MH-0007, name: Simulated station, control: true }
buses:
  sim: { kind: tcp, host: 127.0.0.1, port: ${world.busPort}, baud: 19200 }
  np1: { kind: tcp, host: 127.0.0.1, port: ${input.port}, baud: 19200 }
dispensers:
  - { id: d1, lane: 1, mode: control, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 1 }
  - { id: d2, lane: 1, mode: control, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 2 }
sensors:
  - { id: lel-1, driver: modbus-4-20, bus: np1, address: 20, unit: pct_lel, range: [0, 100], stale_ms: 30000, trip: { warn: 20, stop: 40 } }
safety: { esd: { driver: none }, on_stale: block }
`)
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const db = ledgerOf(folder)
  insert(db, 'attendant', {
    ...{ id: meera, station_no: 7, name: 'Meera', role: 'manager', active: 1 },
    pin_hash: await hash(meerasPin, { memoryCost: 64, timeCost: 1, parallelism: 1 }),
  })
  db.close()
  return { module, folder }
}

const ledgerOf = (folder: string): Database.Database => new Database(join(folder, 'ledger.db'))

let keys = 0
async function startNode(folder: string) {
  const child = startProgram('edge/src/main.ts', {
    ...{ BAARI_DATA: folder, BAARI_PORT: '0', BAARI_MQTT: '0', BAARI_LOG: 'warn' },
  })
  cleanUps.push(() => child.end('SIGKILL'))
  const home = await child.said(/station node: (http:\S+)/)
  let cookie = ''
  const post = async (path: string, body: unknown): Promise<Response> => {
    keys += 1
    const key = `manager-test-${String(keys).padStart(4, '0')}`
    const headers = { origin: home, 'content-type': 'application/json', 'idempotency-key': key }
    const answer = await fetch(home + path, {
      ...{ method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify(body) },
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return answer
  }
  expect((await post('/v1/sign-in', { attendant: kavita, pin: kavitasPin })).status).toBe(200)
  return { child, post, view: () => viewOf(home, cookie) }
}

/** The first view of the live stream, which a screen gets when it connects. */
async function viewOf(home: string, cookie: string): Promise<StationView> {
  const leave = new AbortController()
  const answer = await fetch(`${home}/v1/live`, { headers: { cookie }, signal: leave.signal })
  const reader = (answer.body ?? new ReadableStream())
    .pipeThrough(new TextDecoderStream())
    .getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    text += value ?? ''
    const event = /event: view\n(?:id: .*\n)?data: (.*)\n\n/.exec(text)?.[1]
    if (event === undefined && !done) continue
    leave.abort()
    return stationView.parse(JSON.parse(event ?? 'null'))
  }
}

const stateOf = (view: StationView, no: number) => view.positions.find((one) => one.no === no)

it('X01 a trip outlives a SIGKILL until a person resets it, and the reset outlives the next one', async () => {
  const { module, folder } = await forecourt()
  const first = await startNode(folder)
  await eventually(async () => stateOf(await first.view(), 1)?.state === 'free', {
    what: 'a position that is read',
  })
  expect((await first.view()).trip).toBeNull()
  module.current(0, 4_000 + 160 * 50)
  await eventually(() => openAlarms(folder).includes('all_stop'), { what: 'the trip on the disk' })
  expect((await first.view()).trip).toMatchObject({ cause: 'gas', causeNow: 'gas' })
  await first.child.end('SIGKILL')

  module.current(0, 4_000)
  const second = await startNode(folder)
  await eventually(async () => (await second.view()).trip?.causeNow === null, {
    what: 'a trip whose cause is gone',
  })
  expect((await second.view()).trip).toMatchObject({ cause: 'gas' })
  expect((await second.post('/v1/safety/reset', {})).status).toBe(204)
  await second.child.end('SIGKILL')

  const third = await startNode(folder)
  await eventually(async () => stateOf(await third.view(), 1)?.state === 'free', {
    what: 'a position that is read',
  })
  expect((await third.view()).trip).toBeNull()
  expect(audits(folder)).toContainEqual({ what: 'safety.reset', by: kavita })
  await third.child.end('SIGTERM')
})

it('D02 a frozen meter is cleared by a manager at the door, and stays cleared after a SIGKILL', async () => {
  const { folder } = await forecourt()
  const once = await startNode(folder)
  await eventually(async () => stateOf(await once.view(), 1)?.state === 'free', {
    what: 'the installed nozzle',
  })
  await once.child.end('SIGTERM')
  const db = ledgerOf(folder)
  expect(db.prepare('UPDATE nozzle SET frozen = 1 WHERE position = 1').run().changes).toBe(1)
  db.close()

  const node = await startNode(folder)
  await eventually(async () => stateOf(await node.view(), 1)?.frozen === true, {
    what: 'the frozen position',
  })
  expect(stateOf(await node.view(), 1)).toMatchObject({ state: 'fault' })
  const note = 'seal 4711, meter replaced'
  const clear = (no: number, managerPin: string) =>
    node.post(`/v1/positions/${no}/clear-meter`, { managerPin, note })
  expect((await clear(1, kavitasPin)).status).toBe(401)
  expect(await (await clear(2, meerasPin)).json()).toMatchObject({ code: 'meter_not_frozen' })
  expect((await clear(1, meerasPin)).status).toBe(204)
  await node.child.end('SIGKILL')

  const after = await startNode(folder)
  await eventually(async () => stateOf(await after.view(), 1)?.state === 'free', {
    what: 'the position in service',
  })
  expect(stateOf(await after.view(), 1)).toMatchObject({ frozen: false })
  expect(audits(folder)).toContainEqual({ what: 'meter.cleared', by: meera })
  await after.child.end('SIGTERM')
})

it('a mistyped cylinder date is corrected with a photo that is on the disk before the fact', async () => {
  const { folder } = await forecourt()
  const node = await startNode(folder)
  const photo = Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    Buffer.alloc(300_000, 0x5a),
    Buffer.from([0xff, 0xd9]),
  ])
  const sha256 = createHash('sha256').update(photo).digest('hex')
  const ask = {
    ...{ plate: 'GJ01AB1234', retestValidUntil: '2030-04-30', managerPin: meerasPin },
    photoBase64: photo.toString('base64'),
  }
  const torn = { ...ask, photoBase64: photo.subarray(0, 1000).toString('base64') }
  expect(await (await node.post('/v1/vehicles/correct', torn)).json()).toMatchObject({
    code: 'photo_invalid',
  })
  expect((await node.post('/v1/vehicles/correct', { ...ask, managerPin: '0000' })).status).toBe(401)
  const answer = await node.post('/v1/vehicles/correct', ask)
  expect(await answer.json()).toMatchObject({ plate: 'GJ01AB1234', photoSha256: sha256 })
  await node.child.end('SIGKILL')

  expect(readFileSync(join(folder, 'photos', `${sha256}.jpg`)).equals(photo)).toBe(true)
  const db = ledgerOf(folder)
  const told = db.prepare("SELECT raw FROM outbox WHERE kind = 'vehicle.recorded'").pluck().all()
  expect(told).toHaveLength(1)
  expect(String(told[0])).toContain(sha256)
  expect(String(told[0]).length).toBeLessThan(1_000)
  db.close()
  expect(audits(folder)).toContainEqual({ what: 'vehicle.corrected', by: meera })
})

function openAlarms(folder: string): readonly unknown[] {
  const db = ledgerOf(folder)
  try {
    return db.prepare('SELECT code FROM open_alarm').pluck().all()
  } finally {
    db.close()
  }
}

function audits(folder: string): readonly unknown[] {
  const db = ledgerOf(folder)
  try {
    return db.prepare('SELECT what, by FROM audit').all()
  } finally {
    db.close()
  }
}
