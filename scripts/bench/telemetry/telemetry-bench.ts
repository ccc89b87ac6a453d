import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { textTable } from '../../clients/text-table.ts'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { BenchResult, Goal } from '../figures/last-line.ts'
import { spreadOf } from '../figures/spread.ts'
import { installNodeRed, startInletNode, startNodeRed } from './telemetry-nodes.ts'
import { startTelemetryLoad } from './telemetry-load.ts'

type Sizes = {
  readonly rounds: number
  readonly forMs: number
  /** Shorter than ours: what the flow has acknowledged and not stored grows in its memory. */
  readonly peerForMs: number
  readonly loss: number
}

const fullSizes: Sizes = { rounds: 5, forMs: 60_000, peerForMs: 15_000, loss: 100_000 }
const quickSizes: Sizes = { rounds: 1, forMs: 4_000, peerForMs: 4_000, loss: 3_000 }
const warmMs = 3_000

/** At 200 messages a second and device, which is the inlet's limit, more than the stretch goal. */
const devices = 120
/** Readings a device may have unacknowledged. */
const inFlight = 3

/**
 * Readings acknowledged and durable per second through the node's own inlet, and those lost at a
 * SIGKILL, beside a Node-RED flow from MQTT to SQLite that gets the same from the same clients.
 */
export const bench: Bench = {
  name: 'telemetry',
  async run(options) {
    const { quick, seed, say } = options
    const sizes = quick ? quickSizes : fullSizes
    const loss = options.loss ?? sizes.loss
    const folder = temporaryFolder('bench-telemetry')
    try {
      const peers = options.peers && (await peerInstalled(say))
      const rounds = await measure(folder, { sizes, peers, say })
      const lost = await lossRun(folder, loss)
      say(`SIGKILL after ${lost.acknowledged} acknowledged readings: ${lost.lost} lost`)
      const figures = {
        ...figuresOf(rounds),
        acknowledged: lost.acknowledged,
        lost_ours: lost.lost,
      }
      return { bench: 'telemetry', figures, goals: goalsOf(loss), rounds: sizes.rounds, seed }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function goalsOf(loss: number): readonly Goal[] {
  return [
    { name: 'ours_per_s', op: '>=', goal: 5_000 },
    { name: 'ours_per_s_stretch', op: '>=', goal: 20_000 },
    { name: 'ack_p99_ms', op: '<', goal: 50 },
    { name: 'acknowledged', op: '>=', goal: loss },
    { name: 'lost_ours', op: '==', goal: 0 },
  ]
}

/** A machine that cannot build the peer still measures ours. */
async function peerInstalled(say: BenchOptions['say']): Promise<boolean> {
  try {
    await installNodeRed(say)
    return true
  } catch (error) {
    say(`Node-RED could not be installed: ${String(error).slice(0, 300)}`)
    return false
  }
}

type Ours = {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuUsPerReading: number
}
type Peer = {
  readonly storedPerSecond: number
  readonly acknowledgedPerSecond: number
  readonly acknowledged: number
  readonly lost: number
}
type Round = { readonly ours: Ours; readonly peer: Peer | undefined }

/** Ours and the peer's in turn, each on a fresh file in a process of its own. */
async function measure(
  folder: string,
  options: { readonly sizes: Sizes; readonly peers: boolean; readonly say: BenchOptions['say'] },
): Promise<readonly Round[]> {
  const { sizes, peers, say } = options
  if (!peers) say('without Node-RED: the figures nodered_per_s, ratio and lost_nodered are missing')
  const rounds: Round[] = []
  for (let round = 0; round < sizes.rounds; round += 1) {
    const ours = await oursRound(join(folder, `ours-${round}`), sizes.forMs)
    const peer = peers ? await peerRound(join(folder, `peer-${round}`), sizes.peerForMs) : undefined
    rounds.push({ ours, peer })
  }
  sayRounds(say, rounds)
  return rounds
}

async function oursRound(folder: string, forMs: number): Promise<Ours> {
  const node = await startInletNode(folder)
  const load = await startTelemetryLoad(node.port, devices)
  await load.round(warmMs, inFlight)
  const before = await node.used()
  const { acknowledged, tookMs, p50Ms, p99Ms } = await load.round(forMs, inFlight)
  const after = await node.used()
  await load.stop()
  await node.kill()
  rmSync(folder, { recursive: true })
  const cpuUsPerReading = ((after.cpuMs - before.cpuMs) * 1000) / acknowledged
  return { perSecond: (acknowledged * 1000) / tookMs, p50Ms, p99Ms, cpuUsPerReading }
}

/** What the flow acknowledged is not yet stored: its rate is that of the rows in the file. */
async function peerRound(folder: string, forMs: number): Promise<Peer> {
  const node = await startNodeRed(folder)
  const load = await startTelemetryLoad(node.port, devices)
  const before = node.rows()
  const { acknowledged, tookMs } = await load.round(forMs, inFlight)
  const stored = node.rows() - before
  await node.kill()
  const compared = await load.compare(node.file)
  await load.stop()
  rmSync(folder, { recursive: true })
  return {
    storedPerSecond: (stored * 1000) / tookMs,
    acknowledgedPerSecond: (acknowledged * 1000) / tookMs,
    acknowledged: compared.acknowledged,
    lost: compared.lost,
  }
}

/** The clients go on sending when the node dies: some readings are on their way at that moment. */
async function lossRun(folder: string, acknowledged: number) {
  const node = await startInletNode(join(folder, 'loss'))
  const load = await startTelemetryLoad(node.port, devices)
  await load.until(acknowledged, inFlight)
  await node.kill()
  const compared = await load.compare(node.file)
  await load.stop()
  return compared
}

function figuresOf(rounds: readonly Round[]): BenchResult['figures'] {
  const ours = (of: (ours: Ours) => number): number =>
    spreadOf(rounds.map((round) => of(round.ours))).median
  const pairs = rounds.flatMap((round) => (round.peer ? [{ ...round, peer: round.peer }] : []))
  const perSecond = ours((one) => one.perSecond)
  const both = {
    ours_per_s: perSecond,
    ours_per_s_stretch: perSecond,
    ack_p50_ms: ours((one) => one.p50Ms),
    ack_p99_ms: ours((one) => one.p99Ms),
    cpu_us_per_reading: ours((one) => one.cpuUsPerReading),
  }
  if (pairs.length === 0) return both
  const peer = (of: (pair: (typeof pairs)[number]) => number): number =>
    spreadOf(pairs.map(of)).median
  return {
    ...both,
    nodered_per_s: peer((pair) => pair.peer.storedPerSecond),
    nodered_acknowledged_per_s: peer((pair) => pair.peer.acknowledgedPerSecond),
    ratio: peer((pair) => pair.ours.perSecond / pair.peer.storedPerSecond),
    nodered_acknowledged: pairs.reduce((sum, pair) => sum + pair.peer.acknowledged, 0),
    lost_nodered: pairs.reduce((sum, pair) => sum + pair.peer.lost, 0),
  }
}

function sayRounds(say: BenchOptions['say'], rounds: readonly Round[]): void {
  const row = (name: string, of: (round: Round) => number | undefined, digits = 0) => {
    const samples = rounds.flatMap((round) => of(round) ?? [])
    if (samples.length === 0) return []
    const { median, low, high } = spreadOf(samples)
    return [[name, ...[median, low, high].map((value) => value.toFixed(digits))]]
  }
  const table = [
    ['figure', 'median', 'low', 'high'],
    ...row('ours, acknowledged and durable/s', ({ ours }) => ours.perSecond),
    ...row('acknowledged after, p50 ms', ({ ours }) => ours.p50Ms, 1),
    ...row('acknowledged after, p99 ms', ({ ours }) => ours.p99Ms, 1),
    ...row('CPU of the node, us a reading', ({ ours }) => ours.cpuUsPerReading, 1),
    ...row('Node-RED, durable/s', ({ peer }) => peer?.storedPerSecond),
    ...row('Node-RED, acknowledged/s', ({ peer }) => peer?.acknowledgedPerSecond),
    ...row('Node-RED, lost at SIGKILL', ({ peer }) => peer?.lost),
  ]
  for (const line of textTable(table, { rightAligned: new Set([1, 2, 3]) })) say(line)
}
