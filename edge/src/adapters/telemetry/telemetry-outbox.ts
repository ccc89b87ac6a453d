import { present } from '@baari/shared/faults/assert'
import { chainHead, type Sha256 } from '@baari/shared/domain/sync/chain'
import type { StationNo } from '@baari/shared/units/names'
import type { Database } from 'better-sqlite3'
import { createHash, randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { HeadRelation } from '../../domain/sync/uplink-states.ts'
import type { OutboxRun, RunBound } from '../../ports/sync.ts'
import type { TelemetryMark } from '../../ports/telemetry-uplink.ts'

/** A ledger op behind a segment waits for it: small enough for a slow line (failure case 33). */
const segmentOps = 500
const segmentBytes = 250_000
const sha256: Sha256 = (message) => createHash('sha256').update(message).digest()

type State = {
  readonly file: string
  readonly epoch: string
  readonly next_seq: number
  readonly acked_seq: number
  /** Newest reading in any segment, and newest the cloud has. */
  readonly cut_id: number
  readonly acked_id: number
  readonly chain: string
}

type Segment = {
  readonly first_seq: number
  readonly last_seq: number
  readonly last_id: number
  readonly prev_chain: string
  readonly chain: string
  readonly lines: Buffer
}

type Reading = {
  readonly id: number
  readonly class: string
  readonly device: string
  readonly type: string
  readonly boot: string | null
  readonly seq: number | null
  readonly deviceAtMs: number | null
  readonly receivedAtMs: number
  readonly payload: string
}

/**
 * The telemetry stream's outbox over the rows of `telemetry.db`. A segment is cut when it is asked
 * for: numbered, chained, serialised once and committed before anybody sees it, so that what goes
 * out again after a power cut is the same bytes.
 */
export class TelemetryOutbox {
  readonly #db: Database
  readonly #station: StationNo
  readonly #sql: ReturnType<typeof prepare>

  constructor(db: Database, station: StationNo) {
    this.#db = db
    this.#station = station
    db.prepare('INSERT OR IGNORE INTO outbox (id, file) VALUES (1, ?)').run(
      randomBytes(8).toString('hex'),
    )
    this.#sql = prepare(db)
  }

  /** Newest reading the cloud has, and newest that is in a segment; 0 when there is none. */
  sent(): { readonly ackedId: number; readonly cutId: number } {
    const { acked_id: ackedId, cut_id: cutId } = this.#state()
    return { ackedId, cutId }
  }

  next(epoch: string, bound: RunBound): OutboxRun | undefined {
    const state = this.#inEpoch(epoch)
    const waiting = this.#sql.waiting.get(state.acked_seq) as Segment | undefined
    const segment = waiting ?? this.#cut(state, Math.min(bound.ops, segmentOps))
    return segment && runOf(epoch, segment)
  }

  acked({ epoch, seq, chain }: TelemetryMark): {
    readonly forked: boolean
    readonly more: boolean
  } {
    const state = this.#state()
    if (epoch !== state.epoch) return { forked: false, more: false }
    if (seq >= state.next_seq || this.#chainAt(state, seq) !== chain) {
      return { forked: true, more: false }
    }
    this.#mark(seq)
    return { forked: false, more: this.#waits() }
  }

  /** A head before the oldest segment kept was acked and dropped: nothing of it can come again. */
  compare({ epoch, seq, chain }: TelemetryMark): HeadRelation {
    const state = this.#inEpoch(epoch)
    if (seq >= state.next_seq) return 'cloud_ahead'
    const ours = this.#chainAt(state, seq)
    if (ours === undefined) return 'equal'
    if (ours !== chain) return 'chain_differs'
    this.#mark(seq)
    return seq === state.next_seq - 1 ? 'equal' : 'cloud_behind'
  }

  /** Forgets segments the cloud has: those of dropped readings, and those cut before an instant. */
  forget(upTo: { readonly id: number } | { readonly cutBeforeMs: number }): void {
    const { acked_seq: acked } = this.#state()
    if ('id' in upTo) this.#sql.forgetById.run(acked, upTo.id)
    else this.#sql.forgetByAge.run(acked, upTo.cutBeforeMs)
  }

  #state(): State {
    return present(this.#sql.state.get() as State | undefined, 'the telemetry outbox')
  }

  /** In a new epoch the stream starts anew with what the cloud had not acknowledged. */
  #inEpoch(epoch: string): State {
    const state = this.#state()
    if (state.epoch === epoch) return state
    const chain = this.#chainStart(epoch)
    this.#db.transaction(() => {
      this.#db.prepare('DELETE FROM segment').run()
      this.#sql.begin.run(epoch, chain)
    })()
    return this.#state()
  }

  #chainStart(epoch: string): string {
    const place = { station: this.#station, epoch, stream: 'telemetry' as const }
    return Buffer.from(chainHead(place, sha256)).toString('hex')
  }

  #cut(state: State, most: number): Segment | undefined {
    const readings = this.#sql.readings.all(state.cut_id, most) as Reading[]
    if (readings.length === 0) return undefined
    const parts: Buffer[] = []
    let { chain } = state
    let bytes = 0
    let lastId = state.cut_id
    for (const [index, reading] of readings.entries()) {
      const line = lineOf(state, reading, state.next_seq + index)
      bytes += line.length + 1
      if (bytes > segmentBytes && parts.length > 0) break
      parts.push(line)
      chain = nextChain(chain, line)
      lastId = reading.id
    }
    const segment: Segment = {
      first_seq: state.next_seq,
      last_seq: state.next_seq + parts.length - 1,
      last_id: lastId,
      prev_chain: state.chain,
      chain,
      lines: deflateRawSync(Buffer.concat(parts.flatMap((line) => [line, lineFeed])), { level: 3 }),
    }
    this.#db.transaction(() => {
      this.#sql.addSegment.run({ ...segment, at: readings.at(-1)?.receivedAtMs ?? 0 })
      this.#sql.advance.run(segment.last_seq + 1, lastId, chain)
    })()
    return segment
  }

  #mark(seq: number): void {
    const whole = this.#sql.newestUpTo.get(seq) as { readonly last_id: number } | undefined
    this.#sql.mark.run(seq, whole?.last_id ?? null)
  }

  #waits(): boolean {
    return this.#sql.waits.get() === 1
  }

  /** Of any op in a segment still held: a cloud that was killed may stand inside of one. */
  #chainAt(state: State, seq: number): string | undefined {
    if (seq === 0) return this.#chainStart(state.epoch)
    if (seq === state.next_seq - 1) return state.chain
    const segment = this.#sql.holding.get(seq, seq) as Segment | undefined
    if (segment === undefined) return undefined
    if (segment.last_seq === seq) return segment.chain
    const lines = splitLines(inflateRawSync(segment.lines))
    return lines.slice(0, seq - segment.first_seq + 1).reduce(nextChain, segment.prev_chain)
  }
}

const lineFeed = Buffer.from('\n')

function lineOf({ file }: State, reading: Reading, seq: number): Buffer {
  const { id, class: kind, device, type, boot, seq: n, deviceAtMs: at, payload } = reading
  const body = { f: file, i: id, class: kind, device, type, boot, n, at, p: payload }
  const line = { s: seq, k: 'reading', e: 0, t: reading.receivedAtMs, m: 0, b: body }
  return Buffer.from(JSON.stringify(line), 'utf8')
}

function nextChain(previous: string, line: Uint8Array): string {
  return createHash('sha256').update(previous, 'hex').update(line).digest('hex')
}

function splitLines(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start)
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

function runOf(epoch: string, segment: Segment): OutboxRun {
  return {
    epoch,
    stream: 'telemetry',
    first: segment.first_seq,
    last: segment.last_seq,
    prevChain: segment.prev_chain,
    lines: new Uint8Array(inflateRawSync(segment.lines)),
  }
}

function prepare(db: Database) {
  return {
    state: db.prepare('SELECT * FROM outbox WHERE id = 1'),
    begin: db.prepare(
      `UPDATE outbox SET epoch = ?, next_seq = 1, acked_seq = 0, cut_id = acked_id, chain = ?
       WHERE id = 1`,
    ),
    waiting: db.prepare('SELECT * FROM segment WHERE last_seq > ? ORDER BY first_seq LIMIT 1'),
    holding: db.prepare('SELECT * FROM segment WHERE first_seq <= ? AND last_seq >= ?'),
    newestUpTo: db.prepare(
      'SELECT last_id FROM segment WHERE last_seq <= ? ORDER BY last_seq DESC LIMIT 1',
    ),
    readings: db.prepare('SELECT * FROM reading WHERE id > ? ORDER BY id LIMIT ? + 0'),
    addSegment: db.prepare(
      `INSERT INTO segment (first_seq, last_seq, last_id, prev_chain, chain, lines, at_ms)
       VALUES (@first_seq, @last_seq, @last_id, @prev_chain, @chain, @lines, @at)`,
    ),
    advance: db.prepare('UPDATE outbox SET next_seq = ?, cut_id = ?, chain = ? WHERE id = 1'),
    mark: db.prepare(
      'UPDATE outbox SET acked_seq = ?, acked_id = max(acked_id, ifnull(?, 0)) WHERE id = 1',
    ),
    waits: db
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM segment s, outbox o WHERE s.last_seq > o.acked_seq)
           OR EXISTS (SELECT 1 FROM reading r, outbox o WHERE r.id > o.cut_id)`,
      )
      .pluck(),
    forgetById: db.prepare('DELETE FROM segment WHERE last_seq <= ? AND last_id <= ?'),
    forgetByAge: db.prepare('DELETE FROM segment WHERE last_seq <= ? AND at_ms < ?'),
  }
}
