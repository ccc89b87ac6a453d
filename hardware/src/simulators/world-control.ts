import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { grams } from '@baari/shared/units/mass'
import { z } from 'zod'
import type { SimulatedScanner } from './simulated-scanner.ts'
import type { SimulatedPosition, SimulatedStation } from './simulated-station.ts'

const actSchema = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('vehicle-arrives'), wantsGrams: z.int().min(0) }),
  z.strictObject({ act: z.literal('vehicle-leaves') }),
  z.strictObject({ act: z.literal('lift-nozzle') }),
  z.strictObject({ act: z.literal('hang-up') }),
  z.strictObject({ act: z.literal('power-cycle') }),
  z.strictObject({ act: z.literal('manual-mode'), on: z.boolean() }),
  z.strictObject({ act: z.literal('replace-meter'), totaliserGrams: z.int().min(0) }),
  z.strictObject({
    act: z.literal('fault'),
    fault: z.enum(['none', 'silent', 'inoperative', 'unknown-state', 'busy']),
  }),
])
type Act = z.infer<typeof actSchema>
const scanSchema = z.strictObject({ text: z.string().min(1).max(2_048) })
/** One code shown at several lanes in the same moment, as two phones with one screenshot. */
const sameScanSchema = z.strictObject({
  text: z.string().min(1).max(2_048),
  lanes: z.array(z.int().min(1)).min(1).max(8),
})
const longestBody = 4_096

export type WorldControl = { readonly port: number; close(): Promise<void> }

/**
 * What people do at the station, over HTTP on loopback (docs/protocols/simulated-station.md):
 * `GET /world`, `POST /positions/{n}`, `POST /scanners/{n}`, `POST /scanners`,
 * `POST /bus/drop`.
 */
export async function startWorldControl(
  station: SimulatedStation,
  port: number,
): Promise<WorldControl> {
  const server = createServer((request, response) => {
    void answer(station, request).then(({ status, body }) => send(response, status, body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

type Answer = { readonly status: number; readonly body: object }
const missing: Answer = { status: 404, body: { code: 'unknown' } }
const malformed: Answer = { status: 400, body: { code: 'malformed' } }

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function answer(station: SimulatedStation, request: IncomingMessage): Promise<Answer> {
  const [place, number] = (request.url ?? '').split('/').slice(1)
  if (request.method === 'GET' && place === 'world') return { status: 200, body: worldOf(station) }
  if (request.method !== 'POST') return missing
  const body = await jsonBody(request)
  const index = Number(number) - 1
  if (place === 'bus') {
    station.dropBus()
    return { status: 200, body: worldOf(station) }
  }
  if (place === 'scanners') {
    return number === undefined ? showAtLanes(station, body) : showAt(station.scanners[index], body)
  }
  const act = actSchema.safeParse(body)
  const position = station.positions[index]
  if (place !== 'positions' || position === undefined) return missing
  if (!act.success) return malformed
  perform(position, act.data)
  return { status: 200, body: placeOf(position) }
}

function showAt(scanner: SimulatedScanner | undefined, body: unknown): Answer {
  const scan = scanSchema.safeParse(body)
  if (!scan.success || scanner === undefined) return malformed
  return { status: 200, body: { heard: scanner.scan(scan.data.text) } }
}

function showAtLanes(station: SimulatedStation, body: unknown): Answer {
  const scan = sameScanSchema.safeParse(body)
  if (!scan.success) return malformed
  const readers = scan.data.lanes.map((lane) => station.scanners[lane - 1])
  if (readers.includes(undefined)) return malformed
  const heard = readers.map((reader) => reader?.scan(scan.data.text) ?? false)
  return { status: 200, body: { heard } }
}

function perform(position: SimulatedPosition, act: Act): void {
  switch (act.act) {
    case 'vehicle-arrives':
      return position.vehicleArrives({ wantsGrams: grams(act.wantsGrams) })
    case 'vehicle-leaves':
      return position.vehicleLeaves()
    case 'lift-nozzle':
      return position.liftNozzle()
    case 'hang-up':
      return position.hangUp()
    case 'power-cycle':
      return position.powerCycle()
    case 'manual-mode':
      return position.setManualMode(act.on)
    case 'replace-meter':
      return position.replaceMeter(grams(act.totaliserGrams))
    case 'fault':
      return position.setFault(act.fault)
  }
}

function worldOf(station: SimulatedStation): object {
  return {
    busPort: station.busPort,
    busPorts: station.busPorts,
    scannerPorts: station.scannerPorts,
    positions: station.positions.map(placeOf),
    lamps: station.scanners.map((scanner) => scanner.lamps().at(-1) ?? null),
  }
}

function placeOf(position: SimulatedPosition): object {
  return {
    position: position.position,
    state: position.state(),
    totaliserGrams: position.totaliserGrams(),
    saleGrams: position.saleGrams(),
    saleSequence: position.saleSequence(),
    authorisations: position.authorisations(),
  }
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > longestBody) return null
  }
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return null
  }
}
