import { nozzleNo } from '@baari/hardware/ports/dispenser'
import { headDrivers, headFamily } from '@baari/hardware/simulators/head-families'
import { startSimulatedStation } from '@baari/hardware/simulators/simulated-station'
import { serveOnTcp } from '@baari/hardware/simulators/serve-on-tcp'
import { SimulatedGauge, serveGauge } from '@baari/hardware/simulators/tls350-gauge'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { err, ok } from '@baari/shared/faults/result'
import { randomBytes } from 'node:crypto'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import {
  parseStationFile,
  problemText,
} from '../../src/adapters/station-file/parse-station-file.ts'
import { ServiceBook } from '../../src/app/service/service-book.ts'
import { startGauges } from '../../src/compose/start-gauges.ts'
import { startLines } from '../../src/compose/start-lines.ts'
import type { Log } from '../../src/ports/log.ts'
import type { Gauge } from '../../src/ports/metrics.ts'
import type { StationPlan } from '../../src/ports/station-plan.ts'
import { silentAlarms } from '../support/silent-parts.ts'

const clock = systemClock()
const login = { user: 'node', password: randomBytes(12).toString('base64url') }

function planOf(file: object): StationPlan {
  const parsed = parseStationFile(stringify(file))
  if (!parsed.ok) return expect.fail(parsed.error.map(problemText).join('\n'))
  return parsed.value
}

/** A station file whose heads are simulated behind these ports. */
function stationOf(driver: string, ports: readonly number[]): object {
  const { stationFile, headsPerLine } = headFamily(driver)
  const buses = ports.map((port, line) => [
    `b${line}`,
    { kind: 'tcp', host: '127.0.0.1', port, ...stationFile.bus },
  ])
  return {
    station: { id: 'IN-GJ-0042', control: true },
    buses: Object.fromEntries(buses) as object,
    dispensers: [1, 2].map((position) => ({
      id: `d${position}`,
      lane: 1,
      mode: 'control',
      bus: `b${Math.floor((position - 1) / headsPerLine)}`,
      ...stationFile.dispenser(position),
    })),
  }
}

const book = () => new ServiceBook({ clock, alarms: silentAlarms })

describe('lines of the station file', () => {
  const closers = makeCleanUps()
  afterEach(() => closers.run())

  async function started(driver: string, known: boolean) {
    const world = { positions: 2, lanes: 1, seed: 1, clock, driver, login }
    const station = await startSimulatedStation(world)
    closers.push(() => station.close())
    const said: Parameters<Log>[0][] = []
    const lines = await startLines({
      plan: planOf(stationOf(driver, station.busPorts)),
      service: book(),
      login: () => (known ? ok(login) : err('nobody told us')),
      clock,
      dataFolder: '/nonexistent',
      log: (line) => void said.push(line),
      metrics: { gauge: () => undefined },
    })
    closers.push(() => lines.stop())
    return { lines, said }
  }

  it.each(headDrivers)('dispensers of the driver %s are opened and answer', async (driver) => {
    const { lines } = await started(driver, true)
    expect([...lines.dispensers.keys()]).toEqual(['d1', 'd2'])
    for (const dispenser of lines.dispensers.values()) {
      const status = () => dispenser.status(nozzleNo(1))
      await vi.waitFor(() => expect(status().quality).toBe('good'), { timeout: 60_000 })
      expect(status().value?.state).toBe('idle')
    }
  })

  it('a controller whose login is not known leaves its dispensers out and says why', async () => {
    const { lines, said } = await started('pts2', false)
    expect(lines.dispensers.size).toBe(0)
    expect(said.map(({ event }) => event)).toEqual([
      'no login',
      'no driver',
      'no login',
      'no driver',
    ])
    expect(JSON.stringify(said)).toContain('nobody told us')
  })

  it('a tank gauge is opened, read, and shown where the node is watched', async () => {
    const levels = { volume: 12_345.5, compensatedVolume: 12_300, ullage: 7_600, height: 1_250 }
    const rest = { water: 12, temperature: 25.5, waterVolume: 100 }
    const gauge = new SimulatedGauge({ 1: { ...levels, ...rest } })
    const service = await serveOnTcp({ port: 0, attach: (line) => serveGauge(line, gauge, clock) })
    closers.push(() => service.close())
    const tank = { tank: 1, measures: 'metric', unit: 'ml', stale_ms: 60_000 }
    const base = stationOf('modbus-meter', [1]) as { readonly buses: object }
    const shown: Gauge[] = []
    const started = await startGauges({
      service: book(),
      plan: planOf({
        ...base,
        buses: { ...base.buses, tg1: { kind: 'tcp', host: '127.0.0.1', port: service.port } },
        sensors: [{ id: 'tank-1', driver: 'tls350', bus: 'tg1', ...tank }],
      }),
      dataFolder: '/nonexistent',
      clock,
      log: () => undefined,
      metrics: { gauge: (one) => void shown.push(one) },
    })
    closers.push(() => started.stop())
    const read = () => shown[0]?.read()
    await vi.waitFor(() => expect(read()).toEqual({ 'tank-1': 12_345_500 }), { timeout: 60_000 })
  })
})
