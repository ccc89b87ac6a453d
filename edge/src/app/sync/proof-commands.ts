import {
  digestOfDay,
  emptyBucket,
  hexOfSum,
  type DayBuckets,
  type DayDigest,
} from '@baari/shared/domain/sync/digest'
import { canonicalRow, type DigestSet } from '@baari/shared/domain/sync/digest-rows'
import { rowOfOp } from '@baari/shared/domain/sync/digest-witness'
import type { ToldBucket, ToldKey } from '@baari/shared/domain/sync/digest-compare'
import type { Instant } from '@baari/shared/units/time'
import {
  recordOf,
  type Findings,
  type FoundRow,
  type OpPlace,
  type ProofRecord,
  type ProofWhy,
} from '../../domain/sync/proof.ts'
import type { SetDay, SetDays } from '../../ports/digests.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

type Tx = Pick<LedgerTx, 'digests' | 'outboxHeads' | 'outbox'>

export type OwnDays = {
  readonly days: readonly DayDigest[]
  /** The ledger stream as it stood in the same moment. */
  readonly head: { readonly epoch: string; readonly seq: number; readonly acked: number }
}

function readDays(tx: Tx, span: SetDays, _context: CommandContext): OwnDays {
  const kept = tx.digests.buckets(span)
  const days = [...kept].map(([day, buckets]) => digestOfDay(day, buckets, tx.digests.hash))
  const head = tx.outboxHeads.heads().find(({ stream }) => stream === 'ledger')
  return {
    days: days.sort((a, b) => a.day - b.day),
    head: {
      epoch: tx.outboxHeads.epoch(),
      seq: (head?.nextSeq ?? 1) - 1,
      acked: head?.ackedSeq ?? 0,
    },
  }
}

/** Takes days as proven that are still what was compared; those that changed since stay open. */
function setProven(
  tx: Tx,
  { set, days }: { readonly set: DigestSet; readonly days: readonly DayDigest[] },
  _context: CommandContext,
): null {
  const { digests } = tx
  const same = days.filter(({ day, root }) => {
    const buckets = digests.buckets({ set, from: day, to: day }).get(day) ?? noBuckets
    return digestOfDay(day, buckets, digests.hash).root === root
  })
  digests.setProven(same.map(({ day }) => ({ set, day })))
  return null
}

const noBuckets: DayBuckets = new Map()

export type Witness = {
  readonly place: OpPlace
  readonly raw: Uint8Array
  /** Hash the row must have. */
  readonly hash: string
}

/** What the row's own op says, and where it stands; null without one that fits its chain. */
function readWitness(
  tx: Tx,
  { set, key }: { readonly set: DigestSet; readonly key: string },
  _context: CommandContext,
): Witness | null {
  const own = tx.digests.witness(set, key)
  const row = own?.chained === true ? rowOfOp(set, own.op) : undefined
  if (own === undefined || row === undefined) return null
  const { place, raw } = own
  return { place, raw, hash: hexOfSum(tx.digests.hash(canonicalRow(set, key, row))) }
}

/** The 256 buckets of a day, empty ones too. */
function readBuckets(
  tx: Tx,
  { set, day }: SetDay,
  _context: CommandContext,
): readonly ToldBucket[] {
  const kept = tx.digests.buckets({ set, from: day, to: day }).get(day)
  return Array.from({ length: 256 }, (_, at) => {
    const { n, sum } = kept?.get(at) ?? emptyBucket
    return { n, sum: hexOfSum(sum) }
  })
}

function readKeys(
  tx: Tx,
  { bucket, ...day }: SetDay & { readonly bucket: number },
  _context: CommandContext,
): readonly ToldKey[] {
  return tx.digests.keys(day, bucket)
}

/** Days outside the span of a proof that one run adds to it. */
const unprovenMax = 200

function readUnproven(tx: Tx, _input: null, _context: CommandContext): readonly SetDay[] {
  return tx.digests.unproven(unprovenMax)
}

function recountDay(tx: Tx, day: SetDay, _context: CommandContext): null {
  tx.digests.recount(day)
  return null
}

function rewriteRow(
  tx: Tx,
  { set, key }: { readonly set: DigestSet; readonly key: string },
  _context: CommandContext,
): { readonly rewritten: boolean } {
  const own = tx.digests.witness(set, key)
  if (own?.chained !== true) return { rewritten: false }
  return { rewritten: tx.digests.rewrite(set, key, own.op) }
}

/** A proof under way may end with the line or the process; what it mended is told all the same. */
function keepMended(
  tx: Tx,
  { rows }: { readonly rows: readonly FoundRow[] },
  _context: CommandContext,
): null {
  tx.digests.keepMended(rows)
  return null
}

export type SaveProof = { readonly findings: Findings; readonly why: ProofWhy }

export type ProofSaved = {
  readonly record: ProofRecord
  /** The cloud is told too: daily, and whenever something differed. */
  readonly told: boolean
}

function saveProof(tx: Tx, { findings, why }: SaveProof, { now }: CommandContext): ProofSaved {
  const record = recordOf(findings, tx.digests.untold())
  tx.digests.saveProof(now.at, record)
  const told = why === 'daily' || record.outcome !== 'equal' || record.drifted > 0
  if (!told) return { record, told }
  const { outcome, from, to, rows, drifted, found } = record
  tx.outbox.append({
    kind: 'proof.made',
    entity: { type: 'station', uuid: '' },
    body: { outcome, from, to, rows, drifted, found: [...found] },
  })
  return { record, told }
}

export type LastProof = { readonly at: Instant; readonly record: ProofRecord }

function readLastProof(tx: Tx, _input: null, _context: CommandContext): LastProof | null {
  return tx.digests.lastProof() ?? null
}

/** The proof's part of the command table. */
export const proofCommands = {
  'proof.days': readDays,
  'proof.buckets': readBuckets,
  'proof.keys': readKeys,
  'proof.witness': readWitness,
  'proof.open': readUnproven,
  'proof.proven': setProven,
  'proof.recount': recountDay,
  'proof.rewrite': rewriteRow,
  'proof.mended': keepMended,
  'proof.save': saveProof,
  'proof.last': readLastProof,
} as const

/** Those that only read. */
export const proofReads = [
  'proof.days',
  'proof.buckets',
  'proof.keys',
  'proof.witness',
  'proof.open',
  'proof.last',
] as const

export type ProofCommands = typeof proofCommands
