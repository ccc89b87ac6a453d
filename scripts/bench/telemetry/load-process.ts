import { SimulatedSensor } from '@baari/hardware/simulators/simulated-sensor'
import { systemClock } from '@baari/hardware/transports/system-clock'
import Database from 'better-sqlite3'
import { percentile } from '../figures/spread.ts'
import type { LoadAsk, LoadReply } from './telemetry-messages.ts'

/** Real MQTT clients, QoS 1, in a process of their own: each device sends when it is acknowledged. */
type Device = {
  readonly name: string
  readonly sensor: SimulatedSensor
  readonly acknowledged: number[]
}

const clock = systemClock()
let devices: readonly Device[] = []
let running = false
let tookMs: number[] = []
let total = 0
let senders: readonly Promise<void>[] = []

function say(reply: LoadReply): void {
  process.send?.(reply)
}

async function connect(port: number, count: number): Promise<void> {
  const url = `mqtt://127.0.0.1:${port}`
  devices = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `m${index + 1}`
      const identity = { station: 's1', deviceClass: 'gas', device: name, boot: 'b1' }
      const sensor = await SimulatedSensor.connect({ url, ...identity, clock })
      return { name, sensor, acknowledged: [] }
    }),
  )
}

/** One of a device's readings in flight at a time; as many senders as it may have unacknowledged. */
async function keepSending(device: Device): Promise<void> {
  while (running) {
    const from = performance.now()
    const values = { pressureMbar: 200_000 + (total % 5_000), temperatureMilliKelvin: 305_150 }
    const seq = await device.sensor.publish('data', values).catch(() => null)
    if (seq === null) return
    tookMs.push(performance.now() - from)
    device.acknowledged.push(seq)
    total += 1
  }
}

function begin(inFlight: number): void {
  running = true
  tookMs = []
  senders = devices.flatMap((device) => Array.from({ length: inFlight }, () => keepSending(device)))
}

async function round(forMs: number, inFlight: number): Promise<LoadReply> {
  const [before, from] = [total, performance.now()]
  begin(inFlight)
  await new Promise((resolve) => setTimeout(resolve, forMs))
  const took = performance.now() - from
  const acknowledged = total - before
  const samples = tookMs
  running = false
  await Promise.all(senders)
  const at = (share: number): number => percentile(samples, share) ?? Number.NaN
  return { kind: 'rounded', acknowledged, tookMs: took, p50Ms: at(0.5), p99Ms: at(0.99) }
}

async function until(acknowledged: number, inFlight: number): Promise<LoadReply> {
  const goal = total + acknowledged
  begin(inFlight)
  while (total < goal) await new Promise((resolve) => setTimeout(resolve, 5))
  return { kind: 'reached' }
}

/** The node is dead by now: what is open will never be answered. */
function compare(file: string): LoadReply {
  running = false
  for (const { sensor } of devices) sensor.vanish()
  const db = new Database(file)
  const rows = db.prepare<[string], number>('SELECT seq FROM reading WHERE device = ?').pluck()
  let lost = 0
  let acknowledged = 0
  for (const device of devices) {
    const stored = new Set(rows.all(device.name))
    acknowledged += device.acknowledged.length
    lost += device.acknowledged.filter((seq) => !stored.has(seq)).length
  }
  db.close()
  return { kind: 'compared', acknowledged, lost }
}

async function answer(ask: LoadAsk): Promise<LoadReply> {
  switch (ask.kind) {
    case 'connect':
      await connect(ask.port, ask.devices)
      return { kind: 'connected' }
    case 'round':
      return round(ask.forMs, ask.inFlight)
    case 'until':
      return until(ask.acknowledged, ask.inFlight)
    case 'compare':
      return compare(ask.file)
    case 'stop':
      process.exit(0)
  }
}

// A bench that failed leaves nobody behind.
process.on('disconnect', () => process.exit())
process.on('message', (ask: LoadAsk) => {
  answer(ask).then(say, (error: unknown) => say({ kind: 'failed', reason: String(error) }))
})
say({ kind: 'ready' })
