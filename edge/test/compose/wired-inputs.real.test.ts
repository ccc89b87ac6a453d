import { err } from '@baari/shared/faults/result'
import { encodeReply } from '@baari/hardware/protocols/modbus/frame-codec'
import { serveSlaves, slaveDevice } from '@baari/hardware/simulators/modbus-slave'
import { serveOnTcp } from '@baari/hardware/simulators/serve-on-tcp'
import {
  contactRegister,
  SimulatedInputModule,
} from '@baari/hardware/simulators/simulated-input-module'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, describe, expect, it } from 'vitest'
import { parseStationFile } from '../../src/adapters/station-file/parse-station-file.ts'
import { ServiceBook } from '../../src/app/service/service-book.ts'
import type { AlarmDesk } from '../../src/ports/alarm-desk.ts'
import { SensorBoard } from '../../src/app/safety/sensor-board.ts'
import { TripWatch } from '../../src/app/safety/trip-watch.ts'
import { startInputs } from '../../src/compose/start-inputs.ts'
import { startLines } from '../../src/compose/start-lines.ts'
import { eventually } from '../support/child-process.ts'
import { countedMetrics, keptLog } from '../support/silent-parts.ts'

const clock = systemClock()

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

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
  const served = await serveOnTcp({
    port: 0,
    attach: (line) => serveSlaves(line, [device], clock),
  })
  cleanUps.push(() => served.close())
  module.current(0, 14_000)
  module.current(1, 4_000)
  module.contact(0, true)
  const parsed = parseStationFile(fileFor(served.port))
  if (!parsed.ok) throw new Error(parsed.error[0].reason)
  const plan = parsed.value
  const { log } = keptLog()
  const { metrics } = countedMetrics()
  const alarms: string[] = []
  const desk: AlarmDesk = {
    raise: ({ source, code, subject }) => void alarms.push(`${source} ${subject} ${code}`),
    clear: ({ source, code, subject }) => void alarms.push(`over ${source} ${subject} ${code}`),
  }
  const service = new ServiceBook({ clock, alarms: desk })
  const lines = await startLines({
    ...{ service, plan, clock, log, metrics, dataFolder: '/nonexistent' },
    login: () => err('no controller here'),
  })
  const inputs = await startInputs({
    ...{ plan, lines, clock, log, service },
    gauges: new Map(),
  })
  cleanUps.push(
    () => lines.stop(),
    () => inputs.stop(),
  )
  const board = new SensorBoard(plan, clock, inputs.wired)
  const stops: number[] = []
  const watch = new TripWatch({
    readings: () => board.readings(),
    stopOnLostDetector: true,
    latch: { kind: 'clear' },
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
  return { module, device, board, watch, watching, stops, alarms, service, inputs }
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
    expect(alarms).toContain('device lel-1 bad_reading')
  })

  it('X03 a module that falls silent is stale and trips', async () => {
    const { device, watch, watching, board } = await station()
    await watching()
    device.trouble.silent = true
    await eventually(() => watch.latched(), { what: 'the trip' })
    expect(board.readings().esd).toMatchObject({ value: null, quality: 'stale' })
  })

  it('S06 a duplicate address on the line is counted, shown and told once, and ends by itself', async () => {
    const { device, watching, alarms, service } = await station()
    await watching()
    const foreign = encodeReply({ kind: 'registers', address: 9, fn: 4, words: [1] })
    device.trouble.distort = () => foreign
    const told = () => alarms.filter((one) => one.includes('duplicate_address'))
    await eventually(() => told().length > 0, { what: 'the alarm' })
    const line = () => service.view().lines.find(({ id }) => id === 'np1')
    await eventually(() => (line()?.counters['foreignReplies'] ?? 0) > 3, { what: 'some more' })
    service.look()
    expect(told()).toEqual(['line np1 duplicate_address'])
    expect(service.view().faults).toContainEqual(
      expect.objectContaining({ subject: 'np1', code: 'duplicate_address', raised: 1 }),
    )
    expect(line()?.state).toBe('open')
  })

  it('what the node reads by wire is shown with its trust, and keeps its last good value', async () => {
    const { module, watching, service, inputs } = await station()
    service.readings(() => inputs.readings())
    await watching()
    const bank = () => service.view().readings.find(({ sensor }) => sensor === 'bank-high')
    expect(bank()).toMatchObject({ name: 'mbar', value: 187_500, quality: 'good' })
    module.current(0, 0)
    await eventually(() => bank()?.quality === 'bad', { what: 'the cut wire' })
    expect(bank()).toMatchObject({ value: null, lastGood: { value: 187_500 } })
    const states = service.view().devices.map(({ id, kind, state }) => [id, kind, state])
    expect(states).toContainEqual(['bank-high', 'sensor', 'online'])
    expect(states).toContainEqual(['esd', 'emergency stop', 'online'])
  })
})
