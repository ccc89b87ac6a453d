import { ledgerOps, type LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { present } from '@baari/shared/faults/assert'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { grams } from '@baari/shared/units/mass'
import { noPaise } from '@baari/shared/units/money'
import {
  attendantId,
  bookingId,
  laneNo,
  positionNo,
  stationNo,
  type NozzleType,
} from '@baari/shared/units/names'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import { after, hours, minutes, type Instant, type Millis } from '@baari/shared/units/time'
import { inlineLedger } from '../../src/adapters/ledger/inline-ledger.ts'
import type { Sqlite } from '../../src/adapters/ledger/open-database.ts'
import { commands, reads, type Commands } from '../../src/app/commands.ts'
import type { ScanAnswer } from '../../src/app/scan/answer-scan.ts'
import type { ScanInput } from '../../src/app/scan/scan-input.ts'
import type { ScanReading } from '../../src/app/scan/scan-reading.ts'
import type { PositionFacts } from '../../src/domain/position/position-facts.ts'
import type {
  CommandContext,
  InputOf,
  Ledger,
  OutputOf,
  StationNow,
} from '../../src/ports/ledger.ts'
import type { LedgerTx } from '../../src/ports/ledger-tx.ts'
import type { StationSettings } from '../../src/ports/station-settings.ts'
import { ledgerFile } from './ledger-file.ts'
import { at } from './scan-builders.ts'

export const asha = attendantId('00000001-0000-7000-8000-00000000a001')
export const meera = attendantId('00000001-0000-7000-8000-00000000a002')
export const someBooking = bookingId('00000001-0000-7000-8000-00000000b001')
export const otherBooking = bookingId('00000001-0000-7000-8000-00000000b002')
export const goodRetest = present(dayOfIsoDate('2027-06-30'), 'date')

export const settings: StationSettings = {
  no: stationNo(42),
  name: 'Andheri',
  zone: 'Asia/Kolkata',
  serves: [stationNo(42)],
  lanes: [
    { no: laneNo(1), name: 'A', direction: 'entry', accepts: [] },
    { no: laneNo(2), name: 'B', direction: 'entry', accepts: [] },
    { no: laneNo(9), name: 'Exit', direction: 'exit', accepts: [] },
  ],
  positions: [
    { no: positionNo(1), lane: laneNo(1), nozzles: ['ngv1'] },
    { no: positionNo(2), lane: laneNo(1), nozzles: ['ngv1'] },
  ],
  bookedLanes: null,
  earlyGraceMs: minutes(20),
  payAtPump: true,
  compressorGramsPerHour: grams(900_000),
  matchGroupVehicle: true,
  limits: {
    fillsPerDay: { auto: 2, car: 1 },
    coolDownMs: hours(2),
    smallFillPermille: 800,
    countFrom: null,
    countUntil: null,
  },
}

/** A position as its controller reports it. */
export function position(no: number, change: Partial<PositionFacts> = {}): PositionFacts {
  const nozzles: readonly NozzleType[] = ['ngv1']
  return {
    no: positionNo(no),
    lane: laneNo(1),
    nozzles,
    state: 'free',
    ticket: null,
    freesInMs: null,
    fill: null,
    frozen: false,
    refused: null,
    fault: null,
    ...change,
  }
}

export const bothFree = [position(1), position(2)]
export const bothClosed = [position(1, { state: 'closed' }), position(2, { state: 'closed' })]

export type Op = {
  readonly kind: LedgerOpKind
  readonly e: number
  readonly body: Record<string, unknown>
}

export type World = {
  readonly ledger: Ledger<Commands>
  readonly db: Sqlite
  run<K extends keyof Commands>(
    name: K,
    input: InputOf<Commands[K]>,
  ): Promise<OutputOf<Commands[K]>>
  /** Runs these acts as one command. */
  act(call: WorldAct): Promise<void>
  now(): Instant
  advance(by: Millis): void
  goTo(moment: Instant): void
  distrustClock(): void
  addBooking(row?: Partial<BookingRow>): void
  addAttendant(id: string, role: 'attendant' | 'manager'): void
  scan(reading: ScanReading, input?: Partial<ScanInput>): Promise<ScanAnswer>
  ops(...kinds: LedgerOpKind[]): readonly Op[]
  allOps(): readonly Op[]
}

/** What a fill's command does in its own transaction; a test says it as it stands. */
export type WorldAct = (tx: LedgerTx, context: CommandContext) => void

type WorldCommands = Commands & { readonly 'test.act': typeof act }

function act(tx: LedgerTx, call: WorldAct, context: CommandContext): void {
  call(tx, context)
}

/** A station in memory at 09:05 IST: the real commands over the real schema, time by hand. */
export async function stationWorld(change: Partial<StationSettings> = {}): Promise<World> {
  const clock = manualClock(at('09:05'))
  let trusted = true
  let sqlite: Sqlite | undefined
  const now = (): StationNow => ({ at: clock.now(), mono: clock.mono(), trusted })
  const ledger = inlineLedger<WorldCommands>({
    at: { ...ledgerFile(':memory:'), now: now() },
    commands: { ...commands, 'test.act': act },
    reads,
    ids: countingIds(),
    now,
    seed: (db) => (sqlite = db),
  })
  const db = present(sqlite, 'database')
  await ledger.run('station.configure', { ...settings, ...change })
  let scans = 0

  const run = <K extends keyof Commands>(
    name: K,
    input: InputOf<Commands[K]>,
  ): Promise<OutputOf<Commands[K]>> => ledger.run(name, input)

  return {
    ledger,
    db,
    run,
    act: (call) => ledger.run('test.act', call),
    now: () => clock.now(),
    advance: (by: Millis) => clock.advance(by),
    goTo: (moment: Instant) => clock.stepWall((moment - clock.now()) as Millis),
    distrustClock: () => void (trusted = false),
    addBooking: (row: Partial<BookingRow> = {}) => insert(db, 'booking', bookingRow(row)),
    addAttendant: (id: string, role: 'attendant' | 'manager') =>
      insert(db, 'attendant', {
        id,
        station_no: 42,
        name: role,
        role,
        pin_hash: `hash of ${role}`,
        active: 1,
      }),
    scan(reading: ScanReading, input: Partial<ScanInput> = {}) {
      scans += 1
      const id = `00000002-0000-7000-8000-${String(scans).padStart(12, '0')}`
      return run('scan.decide', {
        scan: id,
        lane: laneNo(1),
        source: 'scanner',
        reading,
        raw: 'raw text',
        managerUnlocked: false,
        positions: bothClosed,
        ...input,
      })
    },
    ops: (...kinds: LedgerOpKind[]) => opsOf(db).filter(({ kind }) => kinds.includes(kind)),
    allOps: () => opsOf(db),
  }
}

export function insert(db: Sqlite, table: string, row: Record<string, unknown>): void {
  const names = Object.keys(row)
  const slots = names.map((name) => `@${name}`)
  db.prepare(`INSERT OR REPLACE INTO ${table} (${names.join()}) VALUES (${slots.join()})`).run(row)
}

function bookingRow(change: Partial<BookingRow>): Record<string, unknown> {
  const windowStart = change.window_start_ms ?? at('09:00')
  const row: BookingRow = {
    id: someBooking,
    station_no: stationNo(42),
    state: 'active',
    rev: 1,
    window_start_ms: windowStart,
    expires_ms: after(windowStart, minutes(30)),
    vehicle_class: 'auto',
    nozzle: 'ngv1',
    grams: grams(4000),
    plate: 'GJ01AB1234',
    driver_name: 'Ramesh',
    retest_day: goodRetest,
    payment_mode: 'pump',
    paid_paise: noPaise,
    max_uses: 1,
    max_entries: null,
    lanes: null,
    code: null,
    blocked_reason: null,
    under_review: false,
    prompt: null,
    note: null,
    fence: null,
    created_at_ms: windowStart,
    ...change,
  }
  return { ...row, under_review: row.under_review ? 1 : 0 }
}

/** Every op of the outbox, read back through the contract's own schemas. */
function opsOf(db: Sqlite): readonly Op[] {
  const rows = db.prepare<[], { readonly raw: Buffer }>('SELECT raw FROM outbox ORDER BY seq').all()
  return rows.map(({ raw }) => {
    const line = opLine.parse(JSON.parse(raw.toString('utf8')))
    const kind = line.k as LedgerOpKind
    return { kind, e: line.e, body: ledgerOps[kind].strict().parse(line.b) }
  })
}

/** A verified token for the default booking, as `readScan` makes it. */
export function tokenReading(
  change: Partial<Extract<ScanReading, { kind: 'token' }>['claims']> = {},
): ScanReading {
  const notBefore = change.notBefore ?? at('09:00')
  return {
    kind: 'token',
    verified: true,
    minRev: 0,
    claims: {
      station: stationNo(42),
      booking: someBooking,
      notBefore,
      expires: after(notBefore, minutes(30)),
      rev: 1,
      vehicleClass: 'auto',
      nozzle: 'ngv1',
      grams: grams(4000),
      prepaid: noPaise,
      maxUses: 1,
      plateTag: '0a0b0c0d',
      retestDay: goodRetest,
      ...change,
    },
  }
}
