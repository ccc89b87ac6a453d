import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FaultCode } from '@baari/shared/faults/fault-codes'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { grams } from '@baari/shared/units/mass'
import {
  bookingId,
  laneNo,
  positionNo,
  stationNo,
  ticketId,
  type PositionNo,
} from '@baari/shared/units/names'
import { millibar } from '@baari/shared/units/pressure'
import { dayNumber, millis, seconds } from '@baari/shared/units/time'
import type { IdSource } from '@baari/shared/runtime/chance'
import { inlineLedger } from '../../src/adapters/ledger/inline-ledger.ts'
import { positionAlarm } from '../../src/app/fill/read-positions.ts'
import { raiseAlarm } from '../../src/app/sync/alarm-commands.ts'
import type { FactsAtPosition } from '../../src/app/fill/authorise-facts.ts'
import type { ReserveInput } from '../../src/app/fill/reserve-fill.ts'
import { commands, reads } from '../../src/app/commands.ts'
import { nozzleNo } from '../../src/domain/position/nozzle.ts'
import type { NozzleSetup } from '../../src/ports/fills.ts'
import type { CommandContext, Ledger, StationNow } from '../../src/ports/ledger.ts'
import type { LedgerTx } from '../../src/ports/ledger-tx.ts'
import type { StationSettings } from '../../src/ports/station-settings.ts'
import type { RollbackPlan } from '../../src/ports/rollback.ts'
import type { Ticket } from '../../src/ports/tickets.ts'

const uuid = (n: number): string => `00000009-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

export type Seed = { readonly ticket: Ticket; readonly claimed: boolean }

/** The station's own table and, for these tests, the doors to put a vehicle on its position. */
export const rigCommands = {
  ...commands,
  'rig.seed': (tx: LedgerTx, { ticket, claimed }: Seed, { now }: CommandContext) => {
    tx.tickets.add(ticket)
    const { booking, useNo, id } = ticket
    if (booking === null || useNo === null || !claimed) return
    tx.checkIns.save({
      booking,
      useNo,
      state: 'claimed',
      lane: laneNo(1),
      at: now.at,
      ticket: id,
      fill: null,
      partFilled: false,
    })
  },
  'rig.alarm': (
    tx: LedgerTx,
    { position, code }: { readonly position: PositionNo; readonly code: FaultCode },
    context: CommandContext,
  ) => raiseAlarm(tx, { ...positionAlarm(position, code), detail: '' }, context),
  'rig.plan': (tx: LedgerTx, plan: RollbackPlan, _context: CommandContext) =>
    tx.sync.rollback.savePlan(plan),
  'rig.tickets': (tx: LedgerTx, _input: object, _context: CommandContext) => tx.tickets.open(),
  'rig.ticket': (tx: LedgerTx, id: Ticket['id'], _context: CommandContext) => tx.tickets.byId(id),
  'rig.checkIns': (tx: LedgerTx, id: Ticket['booking'], _context: CommandContext) =>
    id === null ? [] : tx.checkIns.ofBooking(id),
} as const

export type RigCommands = typeof rigCommands
export type RigLedger = Ledger<RigCommands>

export const opening = grams(1_000_000)
export const key1 = { position: positionNo(1), nozzle: nozzleNo(1) }
export const key2 = { position: positionNo(2), nozzle: nozzleNo(1) }

export function setupOf(key: typeof key1): NozzleSetup {
  return {
    ...key,
    type: 'ngv1',
    meter: {
      widthGrams: grams(1_000_000_000_000),
      maxFlowGramsPerS: grams(500),
      countGrams: grams(1),
    },
    toleranceGrams: grams(200),
  }
}

export const settings: StationSettings = {
  no: stationNo(42),
  name: 'Test',
  zone: 'Asia/Kolkata',
  serves: [stationNo(42)],
  lanes: [{ no: laneNo(1), name: '1', direction: 'entry', accepts: [] }],
  positions: [1, 2].map((no) => ({ no: positionNo(no), lane: laneNo(no), nozzles: ['ngv1'] })),
  bookedLanes: null,
  earlyGraceMs: millis(1_200_000),
  payAtPump: true,
  compressorGramsPerHour: grams(900_000),
  matchGroupVehicle: true,
  limits: {
    fillsPerDay: {},
    coolDownMs: millis(0),
    smallFillPermille: 800,
    countFrom: null,
    countUntil: null,
  },
}

/** A booked car called to position 1 by its first use. */
export function ticketAt(position: number, n = 1, over: Partial<Ticket> = {}): Ticket {
  return {
    id: ticketId(uuid(n)),
    kind: 'booked',
    number: null,
    day: dayNumber(20_370),
    state: 'called',
    vehicleClass: 'car',
    nozzles: ['ngv1'],
    plate: 'GJ01AB1234',
    retestDay: dayNumber(21_000),
    booking: bookingId(uuid(100 + n)),
    useNo: 1,
    windowStart: null,
    arrivedAt: 1_760_000_000_000 as Ticket['arrivedAt'],
    position: positionNo(position),
    calledAt: null,
    grams: grams(8_000),
    closedAt: null,
    closedReason: null,
    ...over,
  }
}

export const safeFacts: FactsAtPosition = {
  safety: {
    esd: { value: 'healthy', quality: 'good' },
    gas: [],
    bank: { reading: { value: millibar(200_000), quality: 'good' }, minMbar: millibar(100_000) },
  },
  tripLatched: false,
  attendantSignedIn: true,
  readyAgeMs: millis(1_000),
  dispenser: { atRest: true, quality: 'good' },
  configurationVerified: true,
  diskReserveFree: true,
}

export type FillRig = {
  readonly clock: ManualClock
  readonly ids: IdSource
  readonly file: string
  ledger: RigLedger
  /** Ends the ledger and opens the same file as another boot would. */
  reboot(boot: string): Promise<void>
  /** Wire lines of the outbox, oldest first. */
  ops(): readonly { readonly k: string; readonly b: Record<string, unknown> }[]
  dispose(): Promise<void>
}

/** A ledger file with two nozzles installed at 1,000,000 g and a price of ₹ 94.50. */
export async function fillRig(): Promise<FillRig> {
  const folder = mkdtempSync(join(tmpdir(), 'baari-fill-'))
  const file = join(folder, 'ledger.db')
  const clock = manualClock()
  const ids = countingIds()
  const now = (): StationNow => ({ at: clock.now(), mono: clock.mono(), trusted: true })
  const open = (boot: string): RigLedger =>
    inlineLedger({
      at: { file, station: stationNo(42), boot, instance: uuid(999), version: 'test', now: now() },
      commands: rigCommands,
      reads,
      ids,
      now,
    })
  let boots = 0
  const rig: FillRig = {
    clock,
    ids,
    file,
    ledger: open('b0'),
    async reboot(boot) {
      await rig.ledger.close()
      boots += 1
      rig.ledger = open(`${boot}${boots}`)
    },
    ops: () => linesOf(file),
    async dispose() {
      await rig.ledger.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
  seedTariff(file)
  await rig.ledger.run('station.configure', settings)
  for (const key of [key1, key2]) {
    await rig.ledger.run('fill.install', { setup: setupOf(key), totaliserGrams: opening })
  }
  return rig
}

function seedTariff(file: string): void {
  const db = new Database(file)
  db.prepare('INSERT INTO tariff VALUES (?, 42, 9450, 0)').run('t1')
  db.close()
}

function linesOf(file: string): ReturnType<FillRig['ops']> {
  const db = new Database(file, { readonly: true })
  const rows = db.prepare<[], { raw: Buffer }>('SELECT raw FROM outbox ORDER BY seq').all()
  db.close()
  return rows.map(({ raw }) => JSON.parse(raw.toString('utf8')) as ReturnType<FillRig['ops']>[0])
}

/** What asks for a fill of a class's usual limit at position 1, at the totaliser's opening. */
export function reserveAt1(ticket: Ticket, over: Partial<ReserveInput> = {}): ReserveInput {
  return {
    key: key1,
    ticket: ticket.id,
    askedGrams: null,
    facts: safeFacts,
    totaliserGrams: opening,
    raw: '0x1000000',
    deviceSequence: 41,
    deviceBoot: 1,
    authoriseWithinMs: seconds(60),
    ...over,
  }
}
