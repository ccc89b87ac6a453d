import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { serveSlaves, slaveDevice } from '@baari/hardware/simulators/modbus-slave'
import { serveOnTcp } from '@baari/hardware/simulators/serve-on-tcp'
import {
  contactRegister,
  SimulatedInputModule,
} from '@baari/hardware/simulators/simulated-input-module'
import { SimulatedBarrier, SimulatedDisplay } from '@baari/hardware/simulators/simulated-lane'
import { SimulatedPrinter } from '@baari/hardware/simulators/simulated-printer'
import { startSimulatedStation } from '@baari/hardware/simulators/simulated-station'
import { scanRing } from '@baari/hardware/transports/recording/record-format'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { afterEach, expect, it } from 'vitest'
import { eventually, startProgram } from './support/child-process.ts'
import { kavita, kavitasPin, nodeFolder } from './support/node-folder.ts'

const clock = systemClock()
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Attach = Parameters<typeof serveOnTcp>[0]['attach']
async function served(attach: Attach): Promise<number> {
  const service = await serveOnTcp({ port: 0, attach })
  cleanUps.push(() => service.close())
  return service.port
}

/** A station with everything beside its lane, as bytes over TCP. */
async function forecourt() {
  const world = await startSimulatedStation({ positions: 2, seed: 1, clock })
  cleanUps.push(() => world.close())
  const [sign, boom, roll] = [
    new SimulatedDisplay(clock),
    new SimulatedBarrier(clock),
    new SimulatedPrinter(clock),
  ]
  const module = new SimulatedInputModule()
  module.contact(0, true)
  cleanUps.push(() => sign.switchOff())
  const ports = {
    bus: world.busPort,
    sign: await served((line) => sign.attach(line)),
    boom: await served((line) => boom.attach(line)),
    roll: await served((line) => roll.attach(line)),
    module: await served((line) => serveSlaves(line, [slaveDevice(20, module)], clock)),
  }
  return { sign, boom, roll, module, ports }
}

const fileOf = ({ ports }: Awaited<ReturnType<typeof forecourt>>): string => `
station: { id: IN-MH-0007, name: Simulated station, control: true }
buses:
  sim: { kind: tcp, host: 127.0.0.1, port: ${ports.bus}, baud: 19200 }
  np1: { kind: tcp, host: 127.0.0.1, port: ${ports.module}, baud: 19200 }
dispensers:
  - { id: d1, lane: 1, mode: control, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 1 }
  - { id: d2, lane: 1, mode: control, driver: modbus-meter, map: baari-dispenser, bus: sim, address: 2 }
displays: [{ id: sign-1, lane: 1, driver: baari-display, tcp: { host: 127.0.0.1, port: ${ports.sign} } }]
barriers: [{ id: boom-1, lane: 1, driver: baari-barrier, tcp: { host: 127.0.0.1, port: ${ports.boom} } }]
printers: [{ id: paper-1, driver: escpos, tcp: { host: 127.0.0.1, port: ${ports.roll} }, record: true }]
safety: { esd: { driver: modbus, bus: np1, address: 20, register: ${contactRegister}, active: open, stale_ms: 30000 } }
`

async function startNode(folder: string) {
  const child = startProgram('edge/src/main.ts', {
    BAARI_DATA: folder,
    BAARI_PORT: '0',
    BAARI_MQTT: '0',
    BAARI_LOG: 'warn',
  })
  cleanUps.push(() => child.end('SIGKILL'))
  const home = await child.said(/station node: (http:\S+)/)
  let cookie = ''
  let keys = 0
  const post = async (path: string, body: unknown): Promise<Response> => {
    keys += 1
    const answer = await fetch(home + path, {
      method: 'POST',
      headers: {
        origin: home,
        'content-type': 'application/json',
        'idempotency-key': `lane-test-${String(keys).padStart(4, '0')}`,
        cookie,
      },
      body: JSON.stringify(body),
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return answer
  }
  return { child, post }
}

it('a walk-in gets its number on paper and its call on the sign, and an all-stop closes the sign (L01, X04)', async () => {
  const lane = await forecourt()
  const { sign, roll, module, boom } = lane
  const folder = await nodeFolder(fileOf(lane))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const node = await startNode(folder)
  expect((await node.post('/v1/sign-in', { attendant: kavita, pin: kavitasPin })).status).toBe(200)
  // The stop counts as pressed until it was read; what it did at the start is reset by hand.
  await eventually(async () => (await node.post('/v1/safety/reset', {})).ok, {
    what: 'the stop is healthy and reset',
  })
  const opened = await node.post('/v1/walk-ins', {
    vehicleClass: 'auto',
    plate: 'GJ01AB1234',
    retestValidUntil: '2031-01-01',
  })
  expect(opened.status).toBeLessThan(300)
  await eventually(() => roll.paper().some((item) => item.kind === 'feed'), { what: 'the paper' })
  expect(roll.paper()).toContainEqual({ kind: 'text', text: 'W-1', scale: 4, align: 'centre' })
  expect(roll.paper().some((item) => item.kind === 'raster')).toBe(true)
  const { records } = scanRing(readFileSync(join(folder, 'frames/paper-1.ring')))
  expect(records.map(({ kind }) => kind)).toContain('out')
  await eventually(() => sign.page().kind === 'calls', { what: 'the call on the sign' })
  expect(sign.page()).toMatchObject({ calls: [{ label: 'W-1' }] })

  module.contact(0, false)
  await eventually(() => sign.page().kind === 'closed', { what: 'the closed sign' })
  expect(boom.heard.filter(({ kind }) => kind === 'move')).toEqual([])
  await node.child.end('SIGTERM')
  expect(sign.page()).toEqual({ kind: 'closed' })
})
