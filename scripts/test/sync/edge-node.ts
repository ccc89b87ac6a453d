import { randomBytes, sign, type KeyObject } from 'node:crypto'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { inlineLedger } from '@baari/edge/adapters/ledger/inline-ledger'
import { startSync } from '@baari/edge/adapters/sync/start-sync'
import { startTelemetryThread } from '@baari/edge/adapters/telemetry/telemetry-thread'
import { httpLeaseLine } from '@baari/edge/adapters/sync/lease-line'
import { startLeaseLoop, type LeaseLoop } from '@baari/edge/app/lease/lease-loop'
import { stationClock } from '@baari/edge/app/sync/station-clock'
import { commands, reads } from '@baari/edge/app/commands'
import type { CommandContext, Ledger } from '@baari/edge/ports/ledger'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'
import type { Clock } from '@baari/shared/runtime/clock'
import { sellFills } from './sold-fills.ts'
import type { DeviceMessage, DropProposal } from '@baari/edge/ports/telemetry'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { noGrams } from '@baari/shared/units/mass'
import { stationNo } from '@baari/shared/units/names'
import { instant, millis } from '@baari/shared/units/time'
import { position, settings } from '../../../edge/test/support/station-world.ts'

export const testStation = 42
const kid = 142

type Op = Parameters<LedgerTx['outbox']['append']>[0]

/** Writes facts to the outbox in one transaction, as every use-case of the station does. */
function appendFacts(tx: LedgerTx, ops: readonly Op[], _context: CommandContext): null {
  for (const op of ops) tx.outbox.append(op)
  return null
}

/** A lookup as a scan makes it: how many rows the table has at this moment. */
function countRows(
  tx: LedgerTx,
  name: Parameters<LedgerTx['sync']['follow']['count']>[0],
  _context: CommandContext,
): number {
  return tx.sync.follow.count(name)
}

/** Uses of a booking, as a scan reads them. */
function usesOf(
  tx: LedgerTx,
  booking: Parameters<LedgerTx['checkIns']['ofBooking']>[0],
  _context: CommandContext,
): ReturnType<LedgerTx['checkIns']['ofBooking']> {
  return tx.checkIns.ofBooking(booking)
}

export const testCommands = {
  ...commands,
  'test.sell': sellFills,
  'test.append': appendFacts,
  'test.count': countRows,
  'test.uses': usesOf,
} as const
const testReads = new Set([...reads, 'test.count', 'test.uses'])

export type EdgeNodeOptions = {
  readonly file: string
  readonly cloudUrl: string
  readonly key: KeyObject
  readonly fetch?: typeof fetch
  readonly instance?: string
  /** Path of `telemetry.db`; without it the node has no sensors. */
  readonly telemetryFile?: string
  readonly telemetryBytes?: number
  /** Working positions of a station that leases its capacity; without them there is no lease. */
  readonly positions?: number
  /** Of everything that waits or tells the time; the real one without it. */
  readonly clock?: Clock
  /** Replaying fetched ops fails after the file has joined the cloud's history. */
  readonly replayBreaks?: boolean
}

/** The sync part of a real node: its ledger file, its session, uplink and shape streams. */
export async function startEdgeNode(options: EdgeNodeOptions) {
  const { file, cloudUrl, key } = options
  const alarms: string[] = []
  const faults: unknown[] = []
  const clock = options.clock ?? systemClock
  const time = stationClock(clock)
  let instance = options.instance ?? randomBytes(16).toString('hex')
  const ledger = inlineLedger({
    at: {
      file,
      station: stationNo(testStation),
      boot: randomBytes(8).toString('hex'),
      instance: randomIds.uuid(),
      version: 'test',
      now: { at: clock.now(), mono: clock.mono(), trusted: false },
    },
    commands: testCommands,
    reads: testReads,
    ids: randomIds,
    now: () => time.now(),
  })
  const telemetry =
    options.telemetryFile === undefined
      ? undefined
      : startTelemetry({
          file: options.telemetryFile,
          mostBytes: options.telemetryBytes ?? 1e9,
          ledger,
          faults,
        })
  async function leaseOf(count: number): Promise<LeaseLoop> {
    await ledger.run('station.configure', leasingStation(count))
    return startLeaseLoop({
      line: httpLeaseLine({
        baseUrl: cloudUrl,
        fetch: options.fetch ?? fetch,
        clock: systemClock,
        onTime: sync.onTime,
      }),
      ...{ keeper: sync.keeper, ledger, clock: systemClock, time, lookEvery: millis(50) },
      forecourt: () => ({
        positions: workingPositions(count),
        storedGrams: noGrams,
        forecast: null,
      }),
      onFault: (error) => faults.push(error),
    })
  }
  const sync = await startSync({
    ...(telemetry === undefined ? {} : { telemetry: telemetry.uplink }),
    baseUrl: cloudUrl,
    fetch: options.fetch ?? fetch,
    identity: {
      station: testStation,
      kid,
      get instance() {
        return instance
      },
      sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
    },
    ledger: options.replayBreaks === true ? breakingReplay(ledger) : ledger,
    clock,
    time,
    prng: seededPrng(7),
    onAlarm: (code) => alarms.push(code),
    onFault: (error) => faults.push(error),
  })
  const lease = options.positions === undefined ? undefined : await leaseOf(options.positions)
  return {
    ledger,
    sync,
    telemetry,
    lease,
    time,
    alarms,
    faults,
    /** What the node does when a manager opens the link. */
    reopen() {
      instance = randomBytes(16).toString('hex')
      sync.tell('operator')
    },
    async stop() {
      await lease?.stop()
      await sync.stop()
      await telemetry?.close()
      await ledger.close()
    },
  }
}

type Sensors = {
  readonly file: string
  readonly mostBytes: number
  readonly ledger: { run(name: 'telemetry.gap', gap: DropProposal): Promise<unknown> }
  readonly faults: unknown[]
}

/** The telemetry thread with the node's rule: a gap is in the ledger before its rows are dropped. */
function startTelemetry({ file, mostBytes, ledger, faults }: Sensors) {
  const station = stationNo(testStation)
  const telemetry = startTelemetryThread({ path: file, mostBytes, station }, systemClock)
  let dropping = false
  telemetry.onFull((oldest) => {
    if (dropping) return
    dropping = true
    const told = oldest.unsent ? ledger.run('telemetry.gap', oldest) : Promise.resolve()
    told
      .then(() => telemetry.drop(oldest))
      .catch((error: unknown) => faults.push(error))
      .finally(() => (dropping = false))
  })
  return telemetry
}

/** Readings of one device, `from` its first counter. */
export function readings(count: number, from = 1): readonly DeviceMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    kind: 'message' as const,
    topic: 'baari/v1/IN-GJ-0042/sensor/lel-1/data',
    class: 'sensor',
    device: 'lel-1',
    type: 'data' as const,
    boot: 'b1',
    seq: from + n,
    deviceAtMs: null,
    receivedAt: instant(Date.now()),
    payload: JSON.stringify({ q: 'good', live: true, values: { pctLel: (n % 70) / 7 } }),
  }))
}

function workingPositions(count: number) {
  return Array.from({ length: count }, (_, index) => position(index + 1))
}

/** Station 42 of the edge's own tests with so many positions. */
export function leasingStation(count: number): typeof settings {
  const positions = workingPositions(count).map(({ no, lane, nozzles }) => ({ no, lane, nozzles }))
  return { ...settings, positions }
}

export type EdgeNode = Awaited<ReturnType<typeof startEdgeNode>>

type TestLedger = Ledger<typeof testCommands>

/** The power goes after the file has joined the cloud's history and before anything is replayed. */
function breakingReplay(ledger: TestLedger): TestLedger {
  let joined = false
  const run: TestLedger['run'] = (name, input) => {
    if (name === 'rollback.begin') joined = true
    if (name === 'rollback.replay' && joined) return Promise.reject(new Error('the power went'))
    return ledger.run(name, input)
  }
  return { ...ledger, run }
}

const attendant = '00000000-0000-7000-8000-0000000000a0'
const station = { type: 'station', uuid: '' } as const

/** Ops that need nothing else to be applied. */
export function vehicleFacts(count: number, from = 0): readonly Op[] {
  return Array.from({ length: count }, (_, n) => ({
    kind: 'vehicle.recorded' as const,
    entity: station,
    body: { plate: `MH12AB${from + n}`, retestDay: 21_000, by: attendant } as never,
  }))
}

/** Settled fills of 1.0 to 9.9 kg with the sums both ledgers must show. */
export function fillFacts(count: number) {
  let [totaliser, grams, amountPaise] = [1_000_000, 0, 0]
  const ops = Array.from({ length: count }, (_, n): Op => {
    const mass = 1_000 + ((n * 137) % 8_900)
    const due = Math.floor((mass * 9_137 + 500) / 1_000)
    const before = totaliser
    totaliser += mass
    grams += mass
    amountPaise += due
    return {
      kind: 'fill.settled',
      entity: { type: 'fill', uuid: randomIds.uuid() },
      body: {
        position: 1,
        ticket: attendant,
        booking: null,
        grams: mass,
        amountPaise: due,
        pricePaisePerKg: 9_137,
        totaliserBeforeGrams: before,
        totaliserAfterGrams: totaliser,
        recovered: false,
      } as never,
    }
  })
  return { ops, grams, amountPaise }
}
