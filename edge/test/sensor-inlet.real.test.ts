import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SimulatedSensor, reconnectPause } from '@baari/hardware/simulators/simulated-sensor'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { stationNo } from '@baari/shared/units/names'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseStationFile } from '../src/adapters/station-file/parse-station-file.ts'
import { startTelemetryThread } from '../src/adapters/telemetry/telemetry-thread.ts'
import { SensorBoard, type SensorWord } from '../src/app/safety/sensor-board.ts'
import { startInlet, type StartInlet } from '../src/compose/start-inlet.ts'
import { eventually } from './support/child-process.ts'
import { countedMetrics } from './support/silent-parts.ts'

const clock = systemClock()
const stationId = 'IN-GJ-0042'
const stationFile = join(import.meta.dirname, 'adapters/station-file/valid/simulated-station.yaml')
const sensors = `
sensors:
  - { id: lel-1, driver: mqtt, topic: gas/lel-1, unit: pct_lel, stale_ms: 60000, trip: { warn: 20, stop: 40 } }
`

let folder = ''
const cleanUps = makeCleanUps()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-inlet-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
})
afterEach(() => cleanUps.run())

function station() {
  const plan = parseStationFile(readFileSync(stationFile, 'utf8') + sensors)
  if (!plan.ok) throw new Error(plan.error[0].reason)
  const board = new SensorBoard(plan.value, clock)
  const words: SensorWord[] = []
  const alarms: string[] = []
  const telemetry = startTelemetryThread(
    { path: join(folder, 'telemetry.db'), mostBytes: 1e8, station: stationNo(42) },
    clock,
  )
  cleanUps.push(() => telemetry.close())
  const open = async (at: Partial<StartInlet['at']> = {}) => {
    // The answer comes when the file has its tables.
    await telemetry.state()
    const inlet = await startInlet({
      at: { host: '127.0.0.1', port: 0, secure: null, ...at },
      stationId,
      telemetry,
      onWord: (word) => {
        words.push(word)
        board.hear(word)
      },
      clock,
      alarms: { raise: ({ code }) => void alarms.push(code), clear: () => undefined },
      metrics: countedMetrics().metrics,
    })
    if (!inlet.ok) throw new Error(inlet.error)
    return inlet.value
  }
  const gas = () => board.readings().gas[0]?.reading
  return { open, words, alarms, gas }
}

async function sensorAt(port: number, device: string, boot = 'b1'): Promise<SimulatedSensor> {
  const made = await SimulatedSensor.connect({
    url: `mqtt://127.0.0.1:${port}`,
    station: stationId,
    deviceClass: 'gas',
    device,
    boot,
    clock,
    prng: seededPrng(Number(device.replace(/\D/g, ''))),
  })
  cleanUps.push(() => made.close().catch(() => undefined))
  return made
}

function storedRows(): readonly string[] {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true })
  const rows = db
    .prepare("SELECT device || '/' || boot || '/' || type || '/' || coalesce(seq, '') FROM reading")
    .pluck()
    .all()
  db.close()
  return rows.map(String)
}

describe('the sensors and a broker that is started again', () => {
  it('B01 every event sent meanwhile is acknowledged, on disk and there once', async () => {
    const { open } = station()
    let inlet = await open()
    const { port } = inlet
    const devices = await Promise.all([1, 2, 3].map((no) => sensorAt(port, `lel-${no}`)))
    const publishing = devices.map(async (device) => {
      for (let event = 0; event < 60; event += 1) await device.publish('event', { pctLel: event })
    })
    for (let restart = 0; restart < 3; restart += 1) {
      const before = storedRows().length
      await eventually(() => storedRows().length >= Math.min(180, before + 20), {
        what: 'some events are stored',
        withinMs: 60_000,
      })
      await inlet.stop()
      inlet = await open({ port })
    }
    await Promise.all(publishing)
    const rows = storedRows().filter((row) => row.includes('/event/'))
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows).toHaveLength(180)
    for (const device of devices) await device.close()
    await inlet.stop()
  })

  it('B01 no two of forty sensors come back in the same rhythm', () => {
    const pauses = Array.from({ length: 40 }, (_, no) => {
      const prng = seededPrng(no + 1)
      return [reconnectPause(prng), reconnectPause(prng), reconnectPause(prng)].join()
    })
    expect(new Set(pauses).size).toBe(40)
  })

  it('B01 a message delivered again has no second effect', async () => {
    const { open, words, gas } = station()
    const inlet = await open()
    const device = await sensorAt(inlet.port, 'lel-1')
    await device.publish('data', { pctLel: 3 })
    await device.publish('data', { pctLel: 25 })
    expect(gas()).toMatchObject({ value: 25 })
    // The same boot counts from 0 again: its first message is the old first one once more.
    const again = await sensorAt(inlet.port, 'lel-1')
    await again.publish('data', { pctLel: 3 })
    expect(words.map(({ seq }) => seq)).toEqual([0, 1, 0])
    expect(gas()).toMatchObject({ value: 25 })
    expect(storedRows().filter((row) => row.includes('/data/'))).toHaveLength(2)
    await again.close()
    await device.close()
    await inlet.stop()
  })
})

it('B07 the last will of an old boot, come late, makes no sensor offline that speaks', async () => {
  const { open, gas } = station()
  const inlet = await open()
  const old = await sensorAt(inlet.port, 'lel-1', 'b1')
  await old.publish('data', { pctLel: 3 })
  const fresh = await sensorAt(inlet.port, 'lel-1', 'b2')
  await fresh.publish('data', { pctLel: 4 })
  await eventually(() => storedRows().some((row) => row.includes('b1/death')), {
    what: 'the will of the old boot',
    withinMs: 30_000,
  })
  expect(gas()).toEqual({ value: 4, quality: 'good' })
  await fresh.close()
  await inlet.stop()
})

it.each([
  ['no certificates', () => undefined],
  ['a certificate that is none', () => writeFileSync(join(folder, 'cert.pem'), 'x')],
])('B09 with %s for the secure door the alarm says so and local sensors go on', async (_, put) => {
  const { open, alarms, gas } = station()
  put()
  const inlet = await open({ secure: { host: '127.0.0.1', port: 0, folder } })
  expect(inlet.securePort).toBeNull()
  expect(alarms).toEqual(['inlet_certificate'])
  const device = await sensorAt(inlet.port, 'lel-1')
  await device.publish('data', { pctLel: 7 })
  expect(gas()).toEqual({ value: 7, quality: 'good' })
  await device.close()
  await inlet.stop()
})
