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
import { encodeShortCode } from '@baari/shared/codecs/short-code'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { dayNumber } from '@baari/shared/units/time'
import { systemClock } from '@baari/hardware/transports/system-clock'
import { afterEach, expect, it } from 'vitest'
import { codeMac } from '../src/adapters/system/mac.ts'
import { eventually, startProgram } from './support/child-process.ts'
import { kavita, kavitasPin, nodeFolder } from './support/node-folder.ts'

const clock = systemClock()
const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

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
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
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
  await eventually(() => boom.position() === 'open', { what: 'the boom open for the call' })

  module.contact(0, false)
  await eventually(() => sign.page().kind === 'closed', { what: 'the closed sign' })
  expect(boom.heard.filter(({ kind }) => kind === 'move')).toHaveLength(1)
  await node.child.end('SIGTERM')
  expect(sign.page()).toEqual({ kind: 'closed' })
})

const codeDay = dayNumber(0)
const bookedCodes = [0, 1, 2].map((n) =>
  encodeShortCode({ day: codeDay, slot: 0, n }, new Uint8Array(32).fill(7), codeMac),
)

/** A booking whose window has just begun, under this code. */
function bookedNow(code: string, n: number) {
  const now = Date.now()
  const windowStart = now - (now % 600_000)
  return {
    ...{ id: `00000001-0000-7000-8000-0000000000b${n}`, station_no: 7, state: 'active', rev: 1 },
    ...{ window_start_ms: windowStart, expires_ms: windowStart + 86_400_000 },
    ...{ vehicle_class: 'auto', nozzle: 'ngv1', grams: 4_000, plate: `GJ01AB123${n}` },
    ...{ driver_name: null, retest_day: 30_000, payment_mode: 'pump', paid_paise: 0 },
    ...{ max_uses: 1, max_entries: null, lanes: null, code, blocked_reason: null },
    ...{ under_review: 0, prompt: null, note: null, fence: null, created_at_ms: now },
  }
}

it('X04 the boom opens for an admitted vehicle, is never told to close, and does not move under an all-stop', async () => {
  const lane = await forecourt()
  const { boom, module, sign } = lane
  const folder = await nodeFolder(fileOf(lane), bookedCodes.map(bookedNow))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const node = await startNode(folder)
  expect((await node.post('/v1/sign-in', { attendant: kavita, pin: kavitasPin })).status).toBe(200)
  await eventually(async () => (await node.post('/v1/safety/reset', {})).ok, {
    what: 'the stop is healthy and reset',
  })
  const admit = async (n: number): Promise<unknown> => {
    const answer = await node.post('/v1/scans', { source: 'keypad', lane: 1, text: bookedCodes[n] })
    return answer.json()
  }
  const moves = () => boom.heard.flatMap((one) => (one.kind === 'move' ? one.to : []))

  expect(await admit(0)).toMatchObject({ verdict: 'ADMIT' })
  await eventually(() => boom.position() === 'open', { what: 'the open boom' })
  expect(moves()).toEqual(['open'])

  // Somebody moved it by hand, or a limit switch failed: it may open, and nobody closes it.
  boom.place('unknown')
  expect(await admit(1)).toMatchObject({ verdict: 'ADMIT' })
  await eventually(() => boom.position() === 'open', { what: 'the open boom' })
  expect(moves()).toEqual(['open', 'open'])

  module.contact(0, false)
  await eventually(() => sign.page().kind === 'closed', { what: 'the all-stop' })
  const refused = node.child.said(/barrier not opened/)
  expect(await admit(2)).toMatchObject({ verdict: 'ADMIT' })
  await refused
  expect(moves()).toEqual(['open', 'open'])
  await node.child.end('SIGTERM')
})
