import { randomBytes, sign, type KeyObject } from 'node:crypto'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { inlineLedger } from '@baari/edge/adapters/ledger/inline-ledger'
import { startSync } from '@baari/edge/adapters/sync/start-sync'
import { stationClock } from '@baari/edge/app/sync/station-clock'
import { commands, reads } from '@baari/edge/app/commands'
import type { CommandContext, Ledger } from '@baari/edge/ports/ledger'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'
import type { Clock } from '@baari/shared/runtime/clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { stationNo } from '@baari/shared/units/names'

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
  const sync = await startSync({
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
  return {
    ledger,
    sync,
    time,
    alarms,
    faults,
    /** What the node does when a manager opens the link. */
    reopen() {
      instance = randomBytes(16).toString('hex')
      sync.tell('operator')
    },
    async stop() {
      await sync.stop()
      await ledger.close()
    },
  }
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
