import { err } from '@baari/shared/faults/result'
import { serveSlaves, slaveDevice } from '@baari/hardware/simulators/modbus-slave'
import { serveOnTcp } from '@baari/hardware/simulators/serve-on-tcp'
import {
  contactRegister,
  SimulatedInputModule,
} from '@baari/hardware/simulators/simulated-input-module'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { afterEach, describe, expect, it } from 'vitest'
import { parseStationFile } from '../../src/adapters/station-file/parse-station-file.ts'
import { SensorBoard } from '../../src/app/safety/sensor-board.ts'
import { TripWatch } from '../../src/app/safety/trip-watch.ts'
import { startInputs } from '../../src/compose/start-inputs.ts'
import { startLines } from '../../src/compose/start-lines.ts'
import { eventually } from '../support/child-process.ts'
import { countedMetrics, keptLog } from '../support/silent-parts.ts'

const clock = systemClock()

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const fileFor = (port: number): string => `
station: { id: IN-MH-0007 }
buses: { np1: { kind: tcp, host: 127.0.0.1, port: ${port} }, sim: { kind: tcp, host: 127.0.0.1, port: 1 } }
dispensers: [{ id: d1, lane: 1, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 1 }]
sensors:
  - { id: bank-high, driver: modbus-4-20, bus: np1, address: 20, unit: mbar, range: [0, 300000], stale_ms: 1500 }
  - { id: lel-1, driver: modbus-4-20, bus: np1, address: 20, register: 1, unit: pct_lel, range: [0, 100], stale_ms: 1500, trip: { warn: 20, stop: 40 } }
safety:
  esd: { driver: modbus, bus: np1, address: 20, register: ${contactRegister}, active: open, stale_ms: 1500 }
  bank: { sensor: bank-high, min_mbar: 120000 }
`

async function station() {
  const module = new SimulatedInputModule()
  const device = slaveDevice(20, module)
  const service = await serveOnTcp({
    port: 0,
    attach: (line) => serveSlaves(line, [device], clock),
  })
  cleanUps.push(() => service.close())
  module.current(0, 14_000)
  module.current(1, 4_000)
  module.contact(0, true)
  const parsed = parseStationFile(fileFor(service.port))
  if (!parsed.ok) throw new Error(parsed.error[0].reason)
  const plan = parsed.value
  const { log } = keptLog()
  const { metrics } = countedMetrics()
  const alarms: string[] = []
  const desk = {
    raise: ({ code }: { code: string }) => void alarms.push(code),
    clear: () => undefined,
  }
  const lines = await startLines({
    ...{ plan, clock, log, metrics, dataFolder: '/nonexistent' },
    login: () => err('no controller here'),
  })
  const inputs = await startInputs({ plan, lines, clock, log, alarms: desk })
  cleanUps.push(
    () => lines.stop(),
    () => inputs.stop(),
  )
  const board = new SensorBoard(plan, clock, inputs.wired)
  const stops: number[] = []
  const watch = new TripWatch({
    readings: () => board.readings(),
    stopOnLostDetector: true,
    allStop: () => void stops.push(clock.mono()),
    onChange: () => undefined,
    clock,
    log,
    alarms: desk,
  })
  const watching = async (): Promise<void> => {
    await eventually(() => board.readings().esd?.value === 'healthy', { what: 'healthy' })
    await eventually(() => board.readings().gas[0]?.reading.quality === 'good', { what: 'gas' })
    await eventually(() => board.readings().bank?.reading.quality === 'good', { what: 'bank' })
    watch.start()
    inputs.onChange(() => watch.look())
    cleanUps.push(() => watch.stop())
    expect(watch.latched()).toBe(false)
  }
  return { module, device, board, watch, watching, stops, alarms }
}

describe('inputs that the node reads by wire', () => {
  it('X01 an opened emergency stop trips, and stays tripped until a person resets it', async () => {
    const { module, watch, watching, stops, board } = await station()
    await watching()
    expect(board.readings().bank?.reading).toEqual({ value: 187_500, quality: 'good' })
    module.contact(0, false)
    await eventually(() => watch.latched(), { what: 'the trip' })
    expect(stops).toHaveLength(1)
    module.contact(0, true)
    await eventually(() => board.readings().esd?.value === 'healthy', { what: 'healthy again' })
    expect(watch.latched()).toBe(true)
    expect(watch.reset()).toBe(true)
  })

  it('X02 a detector at 40 per cent of the limit trips', async () => {
    const { module, watch, watching } = await station()
    await watching()
    module.current(1, 10_400)
    await eventually(() => watch.latched(), { what: 'the trip' })
  })

  it('X02 a detector whose wire is cut trips and tells the technician', async () => {
    const { module, watch, watching, alarms } = await station()
    await watching()
    module.current(1, 0)
    await eventually(() => watch.latched(), { what: 'the trip' })
    expect(alarms).toContain('bad_reading')
  })

  it('X03 a module that falls silent is stale and trips', async () => {
    const { device, watch, watching, board } = await station()
    await watching()
    device.trouble.silent = true
    await eventually(() => watch.latched(), { what: 'the trip' })
    expect(board.readings().esd).toMatchObject({ value: null, quality: 'stale' })
  })
})
