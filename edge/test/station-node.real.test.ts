import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FillRecord } from '@baari/shared/contracts/http/edge-api'
import { stationView, type StationView } from '@baari/shared/contracts/live/station-view'
import { headDrivers, headFamily, usualFamily } from '@baari/hardware/simulators/head-families'
import { createServer } from 'node:net'
import { stringify } from 'yaml'
import { makeCleanUps } from '@baari/shared/testing/clean-ups'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually, startProgram, type Child } from './support/child-process.ts'
import { kavita, kavitasPin, nodeFolder } from './support/node-folder.ts'
import { writeSimulatedLogins } from './support/simulated-logins.ts'

const cleanUps = makeCleanUps()
afterEach(() => cleanUps.run())

type World = {
  readonly busPorts: number[]
  readonly scannerPorts: number[]
  readonly controlPort: number
}

async function simulatedStation(driver: string = usualFamily): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'baari-logins-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  const child = startProgram('hardware/src/simulators/main.ts', {
    BAARI_SIM_LOGINS_FILE: writeSimulatedLogins(folder),
    BAARI_SIM_POSITIONS: '2',
    BAARI_SIM_DRIVER: driver,
    BAARI_SIM_FLOW_GRAMS_PER_SECOND: '4000',
  })
  cleanUps.push(() => child.end('SIGKILL'))
  return JSON.parse(await child.said(/(\{"busPort".*\})/)) as World
}

function stationYaml({ busPorts, scannerPorts }: World, driver: string = usualFamily): string {
  const { headsPerLine, stationFile } = headFamily(driver)
  const busOf = (position: number): string => `sim${Math.floor((position - 1) / headsPerLine)}`
  const buses = busPorts.map((port, line) => [
    `sim${line}`,
    { kind: 'tcp', host: '127.0.0.1', port, ...stationFile.bus },
  ])
  return stringify({
    station: { id: 'IN-MH-0007', name: 'Simulated station', control: true },
    buses: Object.fromEntries(buses) as object,
    dispensers: [1, 2].map((position) => ({
      ...{ id: `d${position}`, lane: 1, mode: 'control', bus: busOf(position) },
      ...stationFile.dispenser(position),
    })),
    scanners: [
      { id: 's1', lane: 1, driver: 'serial-qr', tcp: { host: '127.0.0.1', port: scannerPorts[0] } },
    ],
  })
}

type Node = {
  readonly child: Child
  readonly home: string
  post(path: string, body: unknown): Promise<Response>
  get<T>(path: string): Promise<T>
  live(): Promise<Response>
  signIn(): Promise<void>
}

let keys = 0

async function startNode(folder: string, env: Record<string, string> = {}): Promise<Node> {
  const child = startProgram('edge/src/main.ts', {
    BAARI_DATA: folder,
    BAARI_PORT: '0',
    BAARI_MQTT_PORT: '0',
    BAARI_LOG: 'warn',
    ...env,
  })
  cleanUps.push(() => child.end('SIGKILL'))
  const home = await child.said(/station node: (http:\S+)/)
  let cookie = ''
  const post = (path: string, body: unknown): Promise<Response> => {
    keys += 1
    return fetch(home + path, {
      method: 'POST',
      headers: {
        origin: home,
        'content-type': 'application/json',
        'idempotency-key': `real-test-${String(keys).padStart(4, '0')}`,
        cookie,
      },
      body: JSON.stringify(body),
    })
  }
  return {
    child,
    home,
    post,
    get: async <T>(path: string) =>
      (await (await fetch(home + path, { headers: { cookie } })).json()) as T,
    live: () =>
      fetch(`${home}/v1/live`, { headers: { cookie }, signal: AbortSignal.timeout(60_000) }),
    async signIn() {
      const answer = await post('/v1/sign-in', { attendant: kavita, pin: kavitasPin })
      expect(answer.status).toBe(200)
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    },
  }
}

/** The newest view of the live stream that satisfies the wish. */
async function viewWhere(node: Node, wish: (view: StationView) => boolean): Promise<StationView> {
  const response = await node.live()
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true })
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      if (!frame.startsWith('event: view\ndata: ')) continue
      const view = stationView.parse(JSON.parse(frame.slice('event: view\ndata: '.length)))
      if (!wish(view)) continue
      return view
    }
  }
  throw new Error('the live stream ended')
}

const act = (world: World, position: number, body: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${world.controlPort}/positions/${position}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })

async function deliveredAt(world: World, position: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${world.controlPort}/world`)
  const { positions } = (await answer.json()) as { positions: { saleGrams: number }[] }
  return positions[position - 1]?.saleGrams ?? 0
}

const isOpenFor = (view: StationView): boolean =>
  view.positions.every(({ state }) => state === 'free')

describe('the station node as a process', () => {
  it.each(headDrivers)(
    'P03 over %s: with the cloud gone a walk-in is called, filled and sold over real HTTP, bus and disk',
    async (driver) => {
      const world = await simulatedStation(driver)
      const folder = await nodeFolder(stationYaml(world, driver))
      cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
      // The cloud is configured and gone: nothing of what follows may wait for it.
      const node = await startNode(folder, { BAARI_CLOUD_URL: 'http://127.0.0.1:9' })
      await node.signIn()
      await viewWhere(node, isOpenFor)

      await fetch(`http://127.0.0.1:${world.controlPort}/scanners/1`, {
        method: 'POST',
        body: JSON.stringify({ text: 'no token of ours' }),
      })
      const scanned = await viewWhere(node, ({ lastScan }) => lastScan !== null)
      expect(scanned.lastScan).toMatchObject({ verdict: 'UNKNOWN', source: 'scanner', lane: 1 })

      const opened = await node.post('/v1/walk-ins', {
        vehicleClass: 'auto',
        plate: 'GJ01AB1234',
        retestValidUntil: '2099-06-30',
      })
      expect(opened.status).toBe(201)
      const called = await viewWhere(node, ({ positions }) =>
        positions.some((p) => p.ticket !== null),
      )
      const position = called.positions.find(({ ticket }) => ticket !== null)
      expect(position).toMatchObject({ state: 'called', ticket: { label: 'W-1' } })
      const no = position?.no ?? 0

      await act(world, no, { act: 'vehicle-arrives', wantsGrams: 5000 })
      expect((await node.post(`/v1/positions/${no}/ready`, {})).status).toBe(202)
      await viewWhere(node, ({ positions }) => positions[no - 1]?.state === 'authorised')
      await act(world, no, { act: 'lift-nozzle' })
      const sold = await eventually(
        async () => {
          const { fills } = await node.get<{ fills: FillRecord[] }>('/v1/fills')
          // The driver sees at the head that the gas has stopped, whatever the node was told so far.
          if ((await deliveredAt(world, no)) === 5000) await act(world, no, { act: 'hang-up' })
          return fills.find(({ settledAtMs }) => settledAtMs !== null)
        },
        { what: 'the sale' },
      )
      expect(sold).toMatchObject({ label: 'W-1', grams: 5000, amountPaise: 47_250, flag: 'none' })
      expect((sold.totaliserAfterGrams ?? 0) - sold.totaliserBeforeGrams).toBe(5000)

      expect(await node.child.end('SIGTERM')).toBe(0)
      const again = await startNode(folder)
      await again.signIn()
      const { fills } = await again.get<{ fills: FillRecord[] }>('/v1/fills')
      expect(fills).toMatchObject([{ id: sold.id, grams: 5000 }])
    },
  )

  it('a port in use is one clear sentence and exit code 69', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    cleanUps.push(() => squatter.close())
    await eventually(() => squatter.listening, { what: 'the squatter' })
    const port = (squatter.address() as { port: number }).port
    const folder = await nodeFolder(
      stationYaml({ busPorts: [1], scannerPorts: [1], controlPort: 1 }),
    )
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const child = startProgram('edge/src/main.ts', {
      BAARI_DATA: folder,
      BAARI_PORT: String(port),
      BAARI_MQTT: '0',
      BAARI_LOG: 'silent',
    })
    const code = await new Promise((resolve) => child.process.once('exit', resolve))
    expect(child.output()).toBe(
      `port ${port} on 127.0.0.1 is in use: stop the other program or set BAARI_PORT\n`,
    )
    expect(code).toBe(69)
  })

  it('L02: a refused station file names path and reason, exit code 69', async () => {
    const wrong = stationYaml({ busPorts: [1], scannerPorts: [1], controlPort: 1 }).replace(
      'address: 2',
      'address: 1',
    )
    const folder = await nodeFolder(wrong)
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
    const child = startProgram('edge/src/main.ts', { BAARI_DATA: folder, BAARI_PORT: '0' })
    const code = await new Promise((resolve) => child.process.once('exit', resolve))
    expect(child.output()).toContain('dispensers[1].address: 1 is used twice on bus sim')
    expect(code).toBe(69)
  })
})
