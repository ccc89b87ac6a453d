import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { grams } from '@baari/shared/units/mass'
import { z } from 'zod'
import { afterEach, expect, it } from 'vitest'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { nozzleNo } from '../../src/ports/dispenser.ts'
import { startSimulatedStation } from '../../src/simulators/simulated-station.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { eventually } from '../rigs/eventually.ts'
import { run, scratchFolder } from '../rigs/foreign-program.ts'
import { realBus, realClock as clock } from '../rigs/real-modbus.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

it('four dispensers on one line are polled, and S09 come back after the line was dropped', async () => {
  const station = await startSimulatedStation({ positions: 4, seed: 1, clock })
  cleanUps.push(() => station.close())
  const pipe = createTcpPipe({ name: 'np1', clock, host: '127.0.0.1', port: station.busPort })
  const bus = realBus(pipe)
  cleanUps.push(() => bus.close())
  await eventually(() => pipe.state() === 'open', 'the line is open')
  const meters = station.positions.map(({ address }) =>
    createModbusMeter(
      modbusMeterConfigSchema.parse({ id: `d${address}`, address, map: 'baari-dispenser' }),
      { bus, clock, log: () => undefined, stationControl: true },
    ),
  )
  for (const meter of meters) {
    await meter.start()
    cleanUps.push(() => meter.dispose('test over'))
  }
  const totals = () => meters.map((meter) => meter.status(nozzleNo(1)).value?.totaliserGrams)
  const all = [1_000_000, 2_000_000, 3_000_000, 4_000_000]
  await eventually(() => totals().join() === all.join(), 'all four are read')
  station.dropBus()
  await eventually(() => pipe.counters().losses === 1, 'the loss')
  await eventually(() => pipe.state() === 'open' && totals().join() === all.join(), 'all are back')
})

it('the world keeps its totals and open sales over a restart', async () => {
  const folder = scratchFolder()
  cleanUps.push(folder.remove)
  const worldFile = join(folder.path, 'world.json')
  const options = { positions: 2, seed: 1, clock, worldFile, flowGramsPerSecond: 20_000 }
  const first = await startSimulatedStation(options)
  const [position] = first.positions
  position?.setManualMode(true)
  position?.vehicleArrives({ wantsGrams: grams(2_500) })
  position?.liftNozzle()
  await eventually(() => position?.saleGrams() === 2_500, 'the vehicle is full')
  await first.close()
  const second = await startSimulatedStation(options)
  cleanUps.push(() => second.close())
  expect(second.positions[0]?.totaliserGrams()).toBe(1_002_500)
  expect(second.positions[0]?.state()).toBe('fuelling')
  second.positions[0]?.hangUp()
  expect(second.positions[0]?.saleSequence()).toBe(1)
})

it('as its own process it tells its ports, obeys its control API, and ends at SIGTERM', async () => {
  const main = fileURLToPath(new URL('../../src/simulators/main.ts', import.meta.url))
  process.env['BAARI_SIM_FLOW_GRAMS_PER_SECOND'] = '20000'
  const world = run(process.execPath, ['--import', 'tsx', main])
  delete process.env['BAARI_SIM_FLOW_GRAMS_PER_SECOND']
  cleanUps.push(() => world.end('SIGKILL'))
  await eventually(() => world.output().includes('controlPort'), 'the world is up', 30_000)
  const ready = z
    .object({ busPort: z.int(), scannerPorts: z.array(z.int()), controlPort: z.int() })
    .parse(JSON.parse(world.output()))
  expect(ready.scannerPorts).toHaveLength(4)
  const at = (path: string) => `http://127.0.0.1:${ready.controlPort}/${path}`
  const act = async (path: string, body: object) =>
    (await fetch(at(path), { method: 'POST', body: JSON.stringify(body) })).status
  expect(await act('positions/1', { act: 'manual-mode', on: true })).toBe(200)
  expect(await act('positions/1', { act: 'vehicle-arrives', wantsGrams: 2_000 })).toBe(200)
  expect(await act('positions/1', { act: 'lift-nozzle' })).toBe(200)
  expect(await act('positions/1', { act: 'dance' })).toBe(400)
  expect(await act('positions/9', { act: 'hang-up' })).toBe(404)
  const worldSchema = z.object({ positions: z.array(z.object({ totaliserGrams: z.int() })) })
  let total = 0
  await eventually(() => {
    void fetch(at('world'))
      .then((response) => response.json())
      .then((body) => (total = worldSchema.parse(body).positions[0]?.totaliserGrams ?? 0))
    return total === 1_002_000
  }, 'the gas flowed')
  await world.end('SIGTERM')
  expect(world.child.exitCode).toBe(0)
})
