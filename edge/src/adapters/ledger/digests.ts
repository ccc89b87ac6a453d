import type { Conflict, DigestStore, OwnOp, SetDay, SetDays } from '../../ports/digests.ts'
import type { FoundRow, ProofRecord } from '../../domain/sync/proof.ts'
import { ledgerOps } from '@baari/shared/contracts/sync/ops'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import { bucketOfId, idsOfDay } from '@baari/shared/domain/sync/digest-rows'
import { hexOfSum, type Bucket } from '@baari/shared/domain/sync/digest'
import { witnessKinds, type WitnessOp } from '@baari/shared/domain/sync/digest-witness'
import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import { instant } from '@baari/shared/units/time'
import { boundLimit } from './bound-limit.ts'
import { chainStart, nextHash } from './chain-start.ts'
import { sha256Text } from './digest-functions.ts'
import { countRows, hashedRows, storeBuckets } from './count-rows.ts'
import { rewriterOf } from './digest-rewrite.ts'
import type { LedgerSession } from './ledger-session.ts'
import type { Sqlite } from './open-database.ts'

type BucketRow = {
  readonly day: number
  readonly bucket: number
  readonly n: number
  readonly sum: Buffer
}
type OpRow = { readonly epoch: string; readonly seq: number; readonly kind: string } & {
  readonly raw: Buffer
  readonly hash: Buffer
}
type ConflictRow = Omit<Conflict, 'at'> & { readonly wall_ms: number }
type SoldRow = {
  readonly fills: number
  readonly grams: number | null
  readonly paise: number | null
}
type ProofRow = { readonly at_ms: number; readonly body: string }

/** Proofs that are kept for a person to look back at. */
const proofsKept = 200

export function digestsOf(session: LedgerSession): DigestStore {
  const { sqlite } = session
  return {
    hash: sha256Text,
    ...keptDigests(sqlite),
    ...provenDays(sqlite),
    ...closedDays(sqlite),
    ...proofs(sqlite),
    conflicts: conflictsOf(sqlite),
    witness: witnessOf(session),
    rewrite: rewriterOf(sqlite),
  }
}

function keptDigests(sqlite: Sqlite): Pick<DigestStore, 'buckets' | 'recount' | 'keys'> {
  const buckets = sqlite.prepare<[string, number, number], BucketRow>(
    `SELECT day, bucket, n, sum FROM day_bucket
     WHERE set_name = ? AND day BETWEEN ? AND ? AND (n <> 0 OR sum <> zeroblob(32))`,
  )
  const clear = sqlite.prepare('DELETE FROM day_bucket WHERE set_name = ? AND day = ?')
  const drifted = sqlite.prepare(
    `INSERT INTO proof_untold (set_name, day, key) VALUES (?, ?, '') ON CONFLICT DO NOTHING`,
  )

  function bucketsOf({ set, from, to }: SetDays): Map<number, Map<number, Bucket>> {
    const days = new Map<number, Map<number, Bucket>>()
    for (const { day, bucket, n, sum } of buckets.all(set, from, to)) {
      const ofDay = days.get(day) ?? new Map<number, Bucket>()
      days.set(day, ofDay.set(bucket, { n, sum }))
    }
    return days
  }

  return {
    buckets: bucketsOf,
    recount({ set, day }) {
      const kept = bucketsOf({ set, from: day, to: day }).get(day) ?? new Map<number, Bucket>()
      const counted = countRows(sqlite, set, day)
      const fresh = counted.get(day) ?? new Map<number, Bucket>()
      if (sameBuckets(kept, fresh)) return
      clear.run(set, day)
      storeBuckets(sqlite, set, counted)
      drifted.run(set, day)
    },
    keys: ({ set, day }, bucket) =>
      [...hashedRows(sqlite, set, day)]
        .filter(({ key }) => bucketOfId(key) === bucket)
        .map(({ key, hash }) => ({ key, hash: hexOfSum(hash) })),
  }
}

function provenDays(sqlite: Sqlite): Pick<DigestStore, 'unproven' | 'setProven'> {
  const unproven = sqlite.prepare<[number], SetDay>(
    `SELECT set_name AS "set", day FROM day_unproven ORDER BY day, set_name ${boundLimit}`,
  )
  const proven = sqlite.prepare('DELETE FROM day_unproven WHERE set_name = ? AND day = ?')
  return {
    unproven: (limit) => unproven.all(limit),
    setProven(days) {
      for (const { set, day } of days) proven.run(set, day)
    },
  }
}

function closedDays(sqlite: Sqlite): Pick<DigestStore, 'soldOn' | 'lastClosed' | 'saveClose'> {
  const sold = sqlite.prepare<[string, string], SoldRow>(
    `SELECT count(*) AS fills, sum(delivered_grams) AS grams, sum(amount_paise) AS paise
     FROM fill WHERE state = 'settled' AND id BETWEEN ? AND ?`,
  )
  const closed = sqlite.prepare<[], { readonly day: number | null }>(
    'SELECT max(day) AS day FROM day_close',
  )
  const close = sqlite.prepare(
    `INSERT INTO day_close (day, at_ms, body) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, body = excluded.body`,
  )
  return {
    soldOn(day) {
      const { first, last } = idsOfDay(day)
      const row = sold.get(first, last)
      return {
        fills: row?.fills ?? 0,
        grams: grams(row?.grams ?? 0),
        amountPaise: paise(row?.paise ?? 0),
      }
    },
    lastClosed: () => closed.get()?.day ?? undefined,
    saveClose: (day, at, body) => void close.run(day, at, JSON.stringify(body)),
  }
}

type Proofs = Pick<DigestStore, 'keepMended' | 'untold' | 'saveProof' | 'lastProof'>

function proofs(sqlite: Sqlite): Proofs {
  const saved = sqlite.prepare('INSERT INTO proof (at_ms, outcome, body) VALUES (?, ?, ?)')
  const trim = sqlite.prepare('DELETE FROM proof WHERE id <= (SELECT max(id) FROM proof) - ?')
  const last = sqlite.prepare<[], ProofRow>(
    'SELECT at_ms, body FROM proof ORDER BY id DESC LIMIT 1',
  )
  const mended = sqlite.prepare(
    `INSERT INTO proof_untold (set_name, day, key, body) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body`,
  )
  const untold = sqlite
    .prepare<[], string | null>('SELECT body FROM proof_untold ORDER BY day, set_name, key')
    .pluck()
  const told = sqlite.prepare('DELETE FROM proof_untold')
  return {
    keepMended(rows) {
      for (const row of rows) mended.run(row.set, row.day, row.key, JSON.stringify(row))
    },
    untold() {
      const bodies = untold.all()
      const found = bodies.filter((body) => body !== null)
      return {
        drifted: bodies.length - found.length,
        // The bodies are what this file wrote itself.
        found: found.map((body) => JSON.parse(body) as FoundRow),
      }
    },
    saveProof(at, record) {
      saved.run(at, record.outcome, JSON.stringify(record))
      trim.run(proofsKept)
      told.run()
    },
    lastProof() {
      const row = last.get()
      // The body is what this file wrote itself.
      return row && { at: instant(row.at_ms), record: JSON.parse(row.body) as ProofRecord }
    },
  }
}

function conflictsOf(sqlite: Sqlite): DigestStore['conflicts'] {
  const conflicts = sqlite.prepare<[number], ConflictRow>(
    `SELECT r.seq, o.kind, r.verdict, r.code, o.wall_ms FROM op_result r JOIN outbox o
       ON o.epoch = r.epoch AND o.stream = r.stream AND o.seq = r.seq
     WHERE r.verdict <> 'duplicate' ORDER BY o.wall_ms DESC ${boundLimit}`,
  )
  return (limit) =>
    conflicts.all(limit).map(({ wall_ms: at, ...row }) => ({ ...row, at: instant(at) }))
}

function sameBuckets(a: ReadonlyMap<number, Bucket>, b: ReadonlyMap<number, Bucket>): boolean {
  if (a.size !== b.size) return false
  return [...a].every(([at, { n, sum }]) => {
    const other = b.get(at)
    return other !== undefined && other.n === n && Buffer.compare(other.sum, sum) === 0
  })
}

/** Finds the newest op of a row by its entity, and checks the line against the hash chain. */
function witnessOf({ sqlite, station }: LedgerSession): DigestStore['witness'] {
  const ops = sqlite.prepare<[string, string], OpRow>(
    `SELECT o.epoch, o.seq, o.kind, o.raw, o.hash FROM entity_ref e JOIN outbox o
       ON o.entity_ref = e.ref AND o.epoch = e.epoch AND o.stream = e.stream
         AND o.kind IN ('fill.settled', 'fill.voided', 'fill.disputed', 'payment.collected')
     WHERE e.uuid = ? AND e.stream = 'ledger' AND o.kind IN (SELECT value FROM json_each(?))
     ORDER BY o.wall_ms DESC, o.seq DESC LIMIT 1`,
  )
  const before = sqlite.prepare<[string, number], { readonly hash: Buffer }>(
    `SELECT hash FROM outbox WHERE epoch = ? AND stream = 'ledger' AND seq = ?`,
  )

  function chained({ epoch, seq, raw, hash }: OpRow): boolean {
    const start = { station, epoch, stream: 'ledger' } as const
    const previous = seq === 1 ? chainStart(start) : before.get(epoch, seq - 1)?.hash
    return previous !== undefined && nextHash(previous, raw).equals(hash)
  }

  return (set, key) => {
    const row = ops.get(key, JSON.stringify(witnessKinds[set]))
    const op = row && witnessOp(row)
    if (row === undefined || op === undefined) return undefined
    const place = { epoch: row.epoch, stream: 'ledger', seq: row.seq } as const
    return { place, op, raw: new Uint8Array(row.raw), chained: chained(row) } satisfies OwnOp
  }
}

/** An own line that cannot be read any more is no witness. */
function witnessOp({ kind, raw }: OpRow): WitnessOp | undefined {
  const line = opLine.safeParse(parseJson(raw))
  if (!line.success || !Object.hasOwn(ledgerOps, kind)) return undefined
  const body = ledgerOps[kind as keyof typeof ledgerOps].safeParse(line.data.b)
  // The query gives only the kinds a witness may have.
  return body.success ? ({ kind, body: body.data } as WitnessOp) : undefined
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return undefined
  }
}
