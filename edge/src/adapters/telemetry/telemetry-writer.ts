import type { Database, Statement } from 'better-sqlite3'
import type {
  DeviceMessage,
  DropProposal,
  SequenceGap,
  StoreOutcome,
  TelemetryRecord,
  TelemetryState,
  UnreadableMessage,
} from '../../ports/telemetry.ts'

/** Rows of one segment: the smallest piece that is dropped and told of as a gap. */
export const segmentRows = 10_000
/** Unreadable messages kept for the technician; older ones make room. */
const keptUnreadable = 10_000
/** Boots remembered for gap detection; a device that boots in a loop must not fill the disk. */
const keptBoots = 20_000

type Statements = {
  readonly reading: Statement
  readonly highest: Statement
  readonly setHighest: Statement
  readonly gap: Statement
  readonly fillGap: Statement
  readonly unreadable: Statement
  readonly trimUnreadable: Statement
  readonly trimBoots: Statement
}

function prepare(db: Database): Statements {
  return {
    reading: db.prepare(
      `INSERT INTO reading (class, device, type, boot, seq, deviceAtMs, receivedAtMs, payload)
       VALUES (@class, @device, @type, @boot, @seq, @deviceAtMs, @receivedAt, @payload)
       ON CONFLICT DO NOTHING`,
    ),
    highest: db.prepare('SELECT highestSeq FROM device_boot WHERE device = ? AND boot = ?').pluck(),
    setHighest: db.prepare(
      `INSERT INTO device_boot (device, boot, highestSeq) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET highestSeq = excluded.highestSeq`,
    ),
    gap: db.prepare(
      'INSERT INTO sequence_gap (device, boot, fromSeq, toSeq, foundAtMs) VALUES (?, ?, ?, ?, ?)',
    ),
    fillGap: db.prepare(
      `UPDATE sequence_gap SET cameLater = cameLater + 1
       WHERE device = @device AND boot = @boot AND toSeq >= @seq AND fromSeq <= @seq`,
    ),
    unreadable: db.prepare(
      `INSERT INTO unreadable (topic, device, reason, receivedAtMs, payload)
       VALUES (@topic, @device, @reason, @receivedAt, @payload)`,
    ),
    trimUnreadable: db.prepare(
      `DELETE FROM unreadable WHERE id <= (SELECT max(id) FROM unreadable) - ${keptUnreadable}`,
    ),
    trimBoots: db.prepare(
      `DELETE FROM device_boot WHERE (SELECT count(*) FROM device_boot) > ${keptBoots}
       AND device = ? AND boot <> ?`,
    ),
  }
}

/** The rules of `telemetry.db`: once per (device, boot, seq) and type, gaps noticed, size bounded. */
export class TelemetryWriter {
  readonly #db: Database
  readonly #sql: Statements
  readonly #mostBytes: number

  constructor(db: Database, mostBytes: number) {
    this.#db = db
    this.#sql = prepare(db)
    this.#mostBytes = mostBytes
  }

  /** One group in one transaction; durable when this returns. Throws on a full or broken disk. */
  store(records: readonly TelemetryRecord[]): StoreOutcome {
    let stored = 0
    const gaps: SequenceGap[] = []
    this.#db.transaction(() => {
      for (const record of records) {
        if (record.kind === 'unreadable') stored += this.#keepUnreadable(record)
        else stored += this.#keepMessage(record, gaps)
      }
    })()
    return { stored, repeats: records.length - stored, gaps }
  }

  /** The oldest whole segment once the rows outgrew their room; never the one being written. */
  oldestWhenFull(): DropProposal | undefined {
    if (this.bytes() <= this.#mostBytes) return undefined
    const span = this.#db.prepare('SELECT min(id) AS low, max(id) AS high FROM reading').get() as {
      low: number | null
      high: number | null
    }
    if (span.low === null || span.high === null) return undefined
    const to = (Math.floor((span.low - 1) / segmentRows) + 1) * segmentRows
    if (to >= span.high) return undefined
    const count = this.#db
      .prepare('SELECT count(*) FROM reading WHERE id BETWEEN ? AND ?')
      .pluck()
      .get(span.low, to) as number
    return { from: span.low, to, count }
  }

  /** Past this the station must not take more: the gap was proposed and nobody confirmed it. */
  beyondBound(): boolean {
    return this.bytes() > this.#mostBytes * 1.25
  }

  drop({ from, to }: DropProposal): void {
    this.#db.prepare('DELETE FROM reading WHERE id BETWEEN ? AND ?').run(from, to)
  }

  bytes(): number {
    const [pages] = this.#db.pragma('page_count') as { page_count: number }[]
    const [free] = this.#db.pragma('freelist_count') as { freelist_count: number }[]
    const [size] = this.#db.pragma('page_size') as { page_size: number }[]
    return ((pages?.page_count ?? 0) - (free?.freelist_count ?? 0)) * (size?.page_size ?? 0)
  }

  state(): TelemetryState {
    // Counted by ids: a walk through millions of rows would hold up the next group.
    const span = this.#db
      .prepare('SELECT coalesce(min(id), 1) AS low, coalesce(max(id), 0) AS high FROM reading')
      .get() as { low: number; high: number }
    const unreadable = this.#db.prepare('SELECT count(*) FROM unreadable').pluck().get() as number
    return {
      rowsAtMost: span.high - span.low + 1,
      bytes: this.bytes(),
      unreadable,
      lastId: span.high,
    }
  }

  #keepUnreadable({ topic, device, reason, receivedAt, payload }: UnreadableMessage): 1 {
    this.#sql.unreadable.run({ topic, device, reason, receivedAt, payload })
    this.#sql.trimUnreadable.run()
    return 1
  }

  #keepMessage(message: DeviceMessage, gaps: SequenceGap[]): 0 | 1 {
    const { class: kind, device, type, boot, seq, deviceAtMs, receivedAt, payload } = message
    const row = { class: kind, device, type, boot, seq, deviceAtMs, receivedAt, payload }
    if (this.#sql.reading.run(row).changes === 0) return 0
    if (boot === null || seq === null) return 1
    const highest = this.#sql.highest.get(device, boot) as number | undefined
    if (highest !== undefined && seq < highest) {
      this.#sql.fillGap.run({ device, boot, seq })
      return 1
    }
    if (highest === undefined) this.#sql.trimBoots.run(device, boot)
    // The first message of a boot opens its count: the node may have been down before it.
    if (highest !== undefined && seq > highest + 1) {
      gaps.push({ device, boot, from: highest + 1, to: seq - 1 })
      this.#sql.gap.run(device, boot, highest + 1, seq - 1, receivedAt)
    }
    this.#sql.setHighest.run(device, boot, seq)
    return 1
  }
}
