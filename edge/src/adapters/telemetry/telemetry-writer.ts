import type { Instant } from '@baari/shared/units/time'
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
/** About 1 MB of 4 KiB pages: more than a group of readings takes. */
const roomPages = 256
/** Boots remembered for gap detection; a device that boots in a loop must not fill the disk. */
const keptBoots = 20_000

/** How far the readings are on their way to the cloud; the outbox of the same file knows. */
export type SentReadings = {
  sent(): { readonly ackedId: number; readonly cutId: number }
  forget(upTo: { readonly id: number } | { readonly cutBeforeMs: number }): void
}

const nothingSent: SentReadings = {
  sent: () => ({ ackedId: 0, cutId: 0 }),
  forget: () => undefined,
}

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
  readonly #outbox: SentReadings

  constructor(db: Database, mostBytes: number, outbox: SentReadings = nothingSent) {
    this.#db = db
    this.#sql = prepare(db)
    this.#mostBytes = mostBytes
    this.#outbox = outbox
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

  /**
   * The oldest rows once all outgrew their room, up to a whole segment: first those the cloud has,
   * then the oldest unsent ones. Neither rows on their way nor the segment being written are asked
   * for.
   */
  oldestWhenFull({ pressed } = { pressed: false }): DropProposal | undefined {
    if (!pressed && this.bytes() <= this.#mostBytes) return undefined
    const span = this.#db.prepare('SELECT min(id) AS low, max(id) AS high FROM reading').get() as {
      low: number | null
      high: number | null
    }
    if (span.low === null || span.high === null) return undefined
    const { ackedId, cutId } = this.#outbox.sent()
    const unsent = span.low > ackedId
    const from = unsent ? Math.max(span.low, cutId + 1) : span.low
    const end = (Math.floor((from - 1) / segmentRows) + 1) * segmentRows
    const to = unsent ? end : Math.min(end, ackedId)
    if (to >= span.high) return undefined
    const count = this.#db
      .prepare('SELECT count(*) FROM reading WHERE id BETWEEN ? AND ?')
      .pluck()
      .get(from, to) as number
    return { from, to, count, unsent }
  }

  /** Pages of dropped rows that a group can be written to without taking room on the disk. */
  hasRoomInside(): boolean {
    const [free] = this.#db.pragma('freelist_count') as { freelist_count: number }[]
    return (free?.freelist_count ?? 0) >= roomPages
  }

  /** Past this the station must not take more: the gap was proposed and nobody confirmed it. */
  beyondBound(): boolean {
    return this.bytes() > this.#mostBytes * 1.25
  }

  drop({ from, to }: DropProposal): void {
    this.#db.transaction(() => {
      this.#db.prepare('DELETE FROM reading WHERE id BETWEEN ? AND ?').run(from, to)
      this.#outbox.forget({ id: to })
    })()
  }

  /** Readings and segments the cloud has, received before this moment; bounded, so that no group waits. */
  forget(receivedBefore: Instant): void {
    const { ackedId } = this.#outbox.sent()
    this.#db.transaction(() => {
      this.#db
        .prepare(
          `DELETE FROM reading WHERE id IN (
             SELECT id FROM reading WHERE id <= ? ORDER BY id LIMIT ${segmentRows})
           AND receivedAtMs < ?`,
        )
        .run(ackedId, receivedBefore)
      this.#outbox.forget({ cutBeforeMs: receivedBefore })
    })()
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
