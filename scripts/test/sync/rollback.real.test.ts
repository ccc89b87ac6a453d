import Database from 'better-sqlite3'
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { stationLedgers } from '@baari/cloud/adapters/postgres/sync/ledger-store'
import { readStationLedger } from '@baari/cloud/app/sync/read-ledger'
import { backUpLedger } from '@baari/edge/adapters/ledger/backup'
import { restoreLedger } from '@baari/edge/adapters/ledger/restore'
import { booksHold } from '@baari/edge/app/fill/fill-books-check'
import { checkBooks } from '@baari/edge/compose/check-books'
import { instant } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addBooking } from '../../../cloud/test/support/sync-world.ts'
import { bookOfFile, firstOp } from './book-of-file.ts'
import type { EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { Forecourt } from './forecourt-day.ts'
import { chainsEqual, nodeHead, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture
let forecourt: Forecourt

beforeEach(async () => {
  fixture = await openFixture()
  forecourt = new Forecourt()
  await fixture.world.pool.query(
    `INSERT INTO tariff (id, station_no, price_paise_per_kg, valid_from_ms) VALUES ('t', 42, 9137, 0)`,
  )
  for (const n of [1, 2]) await addBooking(fixture.world.pool, { id: booking(n) })
  const start = Math.floor(Date.now() / 300_000) * 300_000
  await fixture.world.pool.query('UPDATE booking SET window_start_ms = $1, expires_ms = $2', [
    start,
    start + 1_800_000,
  ])
})
afterEach(async () => {
  await fixture.close()
})

const booking = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const backup = (): string => fixture.file('backup.db')
const away = { cloudUrl: 'http://127.0.0.1:9' }

async function drained(node: EdgeNode): Promise<void> {
  await eventually('both chains equal', () => chainsEqual(fixture.world, node))
  await eventually('at rest', () => node.sync.status().uplink === 'idle')
}

/** Price and bookings have come by their shapes. */
async function ready(node: EdgeNode): Promise<void> {
  await eventually(
    'the shapes',
    async () =>
      (await node.ledger.run('test.count', 'tariff')) === 1 &&
      (await node.ledger.run('test.count', 'booking')) === 2,
  )
}

async function startOpen(more = {}): Promise<EdgeNode> {
  const node = await fixture.start(more)
  await forecourt.open(node)
  return node
}

/** The day until the backup: a shift, a sale, a booked vehicle. */
async function morning(): Promise<EdgeNode> {
  const node = await startOpen()
  await ready(node)
  await forecourt.changeShift(node)
  await forecourt.sellTo(node, 1, 3_210)
  const scanned = await forecourt.scan(node, booking(1), { no: 2 })
  expect(scanned.verdict).toBe('ADMIT')
  await forecourt.fill(node, { no: 2, ticket: scanned.ticket!, delivered: 4_105 })
  await drained(node)
  return node
}

/** What the backup has never heard of. */
async function afternoon(node: EdgeNode): Promise<void> {
  await forecourt.sellTo(node, 1, 5_020)
  const scanned = await forecourt.scan(node, booking(2), { no: 2 })
  const fill = await forecourt.fill(node, { no: 2, ticket: scanned.ticket!, delivered: 7_333 })
  await forecourt.collect(node, fill)
  await forecourt.changeShift(node)
  await forecourt.sellTo(node, 1, 2_048)
  await forecourt.arrive(node, null)
  await drained(node)
}

function keepBackup(): void {
  const db = new Database(fixture.file())
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  copyFileSync(fixture.file(), backup())
}

/** A bare copy in the place of the file, as somebody with a shell would do it. */
function putBack(): void {
  for (const rest of ['-wal', '-shm']) rmSync(fixture.file() + rest, { force: true })
  copyFileSync(backup(), fixture.file())
}

/** Every third page behind the first ones turns to rubbish, as on a failing disk. */
function corruptPages(file: string): void {
  const fd = openSync(file, 'r+')
  const pages = Math.floor(fstatSync(fd).size / 4096)
  for (let page = 3; page < pages; page += 3)
    writeSync(fd, Buffer.alloc(64, 0xa5), 0, 64, page * 4096)
  closeSync(fd)
}

type Ledger = NonNullable<Awaited<ReturnType<typeof readStationLedger>>>

async function cloudLedger(): Promise<Ledger> {
  const ledger = await readStationLedger(stationLedgers(fixture.world.pool), 42)
  if (ledger === undefined) throw new Error('no ledger')
  return ledger
}

const sum = (rows: readonly unknown[], column: string): number =>
  rows.reduce<number>((total, row) => total + Number((row as Record<string, unknown>)[column]), 0)

/** Both sides hold the same fills, grams and paise, and the node's books hold to the gram. */
async function ledgersEqual(node: EdgeNode): Promise<Ledger> {
  const books = await node.ledger.run('fill.books', {})
  expect(books.filter((one) => !booksHold(one))).toEqual([])
  const ours = bookOfFile(fixture.file())
  const settled = ours.fills.filter((row) => (row as { state: string }).state === 'settled')
  const theirs = await cloudLedger()
  expect({
    fills: settled.length,
    grams: sum(settled, 'delivered_grams'),
    amountPaise: sum(settled, 'amount_paise'),
    orphanGrams: sum(ours.books, 'orphan_grams'),
  }).toEqual({
    fills: theirs.fills,
    grams: theirs.grams,
    amountPaise: theirs.amountPaise,
    orphanGrams: theirs.orphanGrams,
  })
  expect(theirs.deadLetters).toBe(0)
  return theirs
}

type BookOfFile = ReturnType<typeof bookOfFile>

/** A number that was given out again while the file had forgotten it stays with who got it last. */
function withoutNumbers(book: BookOfFile): BookOfFile {
  const tickets = book.tickets.map((row) => ({ ...(row as object), number: null }))
  return { ...book, tickets }
}

/** Everything the lost file knew is in the new one. */
function expectWhole(lost: BookOfFile, now = bookOfFile(fixture.file())): void {
  for (const name of ['fills', 'payments', 'uses', 'tickets', 'shifts', 'vehicles'] as const) {
    expect(now[name], name).toEqual(expect.arrayContaining([...lost[name]]))
  }
}

/** The epoch that follows begins with an op that names where the one before ended. */
async function expectFollows(node: EdgeNode, end: { epoch: string; seq: number; chain: string }) {
  const { epoch } = await nodeHead(node)
  expect(epoch).not.toBe(end.epoch)
  const opened = firstOp(fixture.file(), epoch) as { k: string; b: Record<string, unknown> }
  expect(opened.k).toBe('epoch.opened')
  expect(opened.b['prevEpoch']).toBe(end.epoch)
  expect(opened.b['heads']).toContainEqual({ stream: 'ledger', seq: end.seq, chain: end.chain })
}

describe('a node whose file was put back', () => {
  it('§9 case 19: a bare copy of an old file ends with every fill, use, ticket, shift and payment it had lost', async () => {
    const node = await morning()
    keepBackup()
    await afternoon(node)
    const [lost, end] = [bookOfFile(fixture.file()), await nodeHead(node)]
    await fixture.stop(node)
    putBack()
    const again = await startOpen()
    await drained(again)
    expectWhole(lost)
    await expectFollows(again, end)
    const { orphanGrams } = await ledgersEqual(again)
    expect(orphanGrams).toBe(0)
    expect([again.alarms, again.faults, fixture.world.faults]).toEqual([[], [], []])
    // What was used in the lost hours is used.
    expect((await forecourt.scan(again, booking(2))).verdict).toBe('USED')
  })

  it('§9 case 19: what was sold offline on the old file is kept beside what it had lost', async () => {
    const node = await morning()
    keepBackup()
    await afternoon(node)
    const lost = withoutNumbers(bookOfFile(fixture.file()))
    await fixture.stop(node)
    putBack()
    const alone = await startOpen(away)
    await forecourt.sellTo(alone, 1, 1_234)
    await forecourt.sellTo(alone, 2, 4_321)
    await fixture.stop(alone)
    const again = await startOpen()
    await drained(again)
    expectWhole(lost, withoutNumbers(bookOfFile(fixture.file())))
    const { fills, orphanGrams } = await ledgersEqual(again)
    expect([fills, orphanGrams]).toEqual([7, 0])
    expect(again.alarms).toEqual([])
  })

  it('§9 case 19: by our own command the restored node does the same', async () => {
    const node = await morning()
    const folder = dirname(fixture.file())
    const backupFolder = fixture.file('backups')
    const at = instant(Date.now())
    await backUpLedger({ ledgerFile: fixture.file(), folder: backupFolder, at }, checkBooks)
    await afternoon(node)
    const [lost, end] = [bookOfFile(fixture.file()), await nodeHead(node)]
    await fixture.stop(node)
    const report = restoreLedger({ dataFolder: folder, backupFolder, at, checkBooks })
    expect(report.prevEpoch).toBe(end.epoch)
    const again = await startOpen()
    await drained(again)
    expect((await nodeHead(again)).epoch).toBe(report.epoch)
    expectWhole(lost)
    await expectFollows(again, end)
    await ledgersEqual(again)
    expect(again.alarms).toEqual([])
  })

  it('§9 case 19: put back twice, to before the first time, it walks through both epochs', async () => {
    const node = await morning()
    keepBackup()
    await afternoon(node)
    await fixture.stop(node)
    putBack()
    const second = await startOpen()
    await drained(second)
    await forecourt.sellTo(second, 1, 2_222)
    await drained(second)
    const lost = bookOfFile(fixture.file())
    await fixture.stop(second)
    putBack()
    const third = await startOpen()
    await drained(third)
    expectWhole(lost)
    await ledgersEqual(third)
    expect(third.alarms).toEqual([])
  })

  it('§9 case 18: a lost WAL takes the file back to its last checkpoint, and the rest is fetched', async () => {
    const node = await morning()
    // The file alone, while its WAL holds the afternoon: what a lost WAL leaves.
    keepBackup()
    await afternoon(node)
    const lost = bookOfFile(fixture.file())
    expect(existsSync(`${fixture.file()}-wal`)).toBe(true)
    await fixture.stop(node)
    putBack()
    const again = await startOpen()
    await drained(again)
    expectWhole(lost)
    await ledgersEqual(again)
  })

  it('§9 case 18: a corrupt page stops the start with what to do, and a backup put back ends whole', async () => {
    const node = await morning()
    const folder = dirname(fixture.file())
    const backupFolder = fixture.file('backups')
    const at = instant(Date.now())
    await backUpLedger({ ledgerFile: fixture.file(), folder: backupFolder, at }, checkBooks)
    await afternoon(node)
    const lost = bookOfFile(fixture.file())
    await fixture.stop(node)
    corruptPages(fixture.file())
    await expect(fixture.start()).rejects.toThrow(/damaged.*npx baari edge restore/)
    restoreLedger({ dataFolder: folder, backupFolder, at, checkBooks })
    const again = await startOpen()
    await drained(again)
    expectWhole(lost)
    await ledgersEqual(again)
  })

  it('§9 case 18: a node whose file is gone for good gets its whole history back from the cloud', async () => {
    const node = await morning()
    await afternoon(node)
    const [lost, end] = [bookOfFile(fixture.file()), await nodeHead(node)]
    await fixture.stop(node)
    for (const rest of ['', '-wal', '-shm']) rmSync(fixture.file() + rest, { force: true })
    const again = await startOpen()
    await drained(again)
    expectWhole({ ...lost, shifts: [] })
    await expectFollows(again, end)
    const theirs = await cloudLedger()
    const settled = bookOfFile(fixture.file()).fills
    expect([settled.length, sum(settled, 'amount_paise')]).toEqual([
      theirs.fills,
      theirs.amountPaise,
    ])
    expect(again.alarms).toEqual([])
  })

  it('§9 case 18: a fill that was under way when the file was lost ends as a dispute of its own gas', async () => {
    const node = await morning()
    keepBackup()
    await forecourt.sellTo(node, 1, 5_020)
    const ticket = await forecourt.arrive(node, 1)
    const open = await forecourt.begin(node, { no: 1, ticket })
    await drained(node)
    await fixture.stop(node)
    forecourt.totals[1] += 1_700
    putBack()
    const again = await startOpen()
    await drained(again)
    const { fills } = bookOfFile(fixture.file())
    expect(fills).toContainEqual(
      expect.objectContaining({ id: open, state: 'dispute', delivered_grams: 1_700 }),
    )
    const { orphanGrams } = await ledgersEqual(again)
    expect(orphanGrams).toBe(0)
  })

  it('gas that no lost fill explains stays nobody’s, on both sides alike', async () => {
    const node = await morning()
    keepBackup()
    await forecourt.sellTo(node, 1, 5_020)
    await drained(node)
    await fixture.stop(node)
    forecourt.totals[1] += 900
    putBack()
    const again = await startOpen()
    await drained(again)
    expect((await ledgersEqual(again)).orphanGrams).toBe(900)
  })

  it('a power cut in the middle of the replay goes on at the next start', async () => {
    const node = await morning()
    keepBackup()
    await afternoon(node)
    const lost = bookOfFile(fixture.file())
    await fixture.stop(node)
    putBack()
    const cut = await startOpen({ replayBreaks: true })
    await eventually('the fetched ops are staged and joined', () => cut.faults.length > 0)
    await fixture.stop(cut)
    const again = await startOpen()
    await drained(again)
    expectWhole(lost)
    await ledgersEqual(again)
  })
})
