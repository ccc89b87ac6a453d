import { maxBatchBytes } from '@baari/shared/contracts/sync/uplink'
import { streams, type Stream } from '@baari/shared/contracts/sync/session'
import type { Instant } from '@baari/shared/units/time'
import { compareHeads, type CloudHead } from '../../domain/sync/compare-heads.ts'
import type { HeadRelation } from '../../domain/sync/uplink-states.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { EpochRecord, OpResult, OutboxRun } from '../../ports/sync.ts'

type Tx = Pick<LedgerTx, 'sync' | 'outboxHeads' | 'outbox'>

/** Room for the batch's first line below the bound of the contract. */
const headBytes = 1_000

export type NextBatch = {
  readonly run: OutboxRun | null
  readonly unsentOps: number
  readonly oldestUnsent: Instant | null
}

/**
 * The next ops to send: the first stream in order of priority that has any, and an empty run of
 * the ledger stream otherwise, which proves to both sides that their chains are equal. Lower
 * streams get every twentieth batch (`turn` counts them), so that a long ledger backlog does not
 * silence the alarms.
 */
export function nextBatch(
  tx: Tx,
  { ops, turn }: { readonly ops: number; readonly turn: number },
  _context: CommandContext,
): NextBatch {
  const bound = { ops, bytes: maxBatchBytes - headBytes }
  const order = turn % 20 === 19 ? [...streams].reverse() : streams
  const { ops: unsentOps, oldest: oldestUnsent } = tx.outboxHeads.unsent()
  for (const stream of order) {
    const run = tx.sync.uplink.nextRun(stream, bound)
    if (run !== undefined) return { run, unsentOps, oldestUnsent }
  }
  return { run: emptyRun(tx), unsentOps, oldestUnsent }
}

function emptyRun(tx: Tx): OutboxRun | null {
  const stream: Stream = 'ledger'
  const head = tx.outboxHeads.heads().find((candidate) => candidate.stream === stream)
  const prevChain = head && tx.sync.uplink.chainAt(stream, head.ackedSeq)
  if (head === undefined || prevChain === undefined) return null
  const first = head.ackedSeq + 1
  return {
    epoch: tx.outboxHeads.epoch(),
    stream,
    first,
    last: head.ackedSeq,
    prevChain,
    lines: new Uint8Array(),
  }
}

export type AckInput = {
  readonly epoch: string
  readonly stream: Stream
  readonly ack: number
  readonly chain: string
  readonly results: readonly OpResult[]
}

export type AckOutput = { readonly forked: boolean; readonly more: boolean }

/**
 * The cloud has everything to `ack`. Its chain value must be ours at that op: a difference means
 * two histories, and nothing is marked. An answer for an epoch we have left changes nothing.
 */
export function markAcked(tx: Tx, input: AckInput, _context: CommandContext): AckOutput {
  const { epoch, stream, ack, chain, results } = input
  const { outboxHeads, sync } = tx
  if (epoch !== outboxHeads.epoch()) return { forked: false, more: false }
  const head = outboxHeads.heads().find((candidate) => candidate.stream === stream)
  if (head === undefined || ack >= head.nextSeq || sync.uplink.chainAt(stream, ack) !== chain) {
    return { forked: true, more: false }
  }
  if (ack !== head.ackedSeq) sync.uplink.setAcked(stream, ack)
  sync.uplink.saveResults(stream, results)
  return { forked: false, more: outboxHeads.unsent().ops > 0 }
}

/** After a gap the outbox sends again from the op the cloud expects. */
export function rewindUplink(
  tx: Tx,
  { stream, to }: { readonly stream: Stream; readonly to: number },
  _context: CommandContext,
): { readonly acked: number } {
  const head = tx.outboxHeads.heads().find((candidate) => candidate.stream === stream)
  const acked = Math.min(Math.max(to - 1, 0), (head?.nextSeq ?? 1) - 1)
  tx.sync.uplink.setAcked(stream, acked)
  return { acked }
}

/**
 * Compares the cloud's heads with ours and takes them over as what the cloud has, where they lie
 * on our chain (a restored cloud is behind what it once acked).
 */
export function compareWithCloud(
  tx: Tx,
  { heads }: { readonly heads: readonly CloudHead[] },
  _context: CommandContext,
): { readonly relation: HeadRelation } {
  const { uplink } = tx.sync
  const local = tx.outboxHeads.heads().map((head) => ({
    stream: head.stream,
    lastSeq: head.nextSeq - 1,
    ackedSeq: head.ackedSeq,
    chainAt: (seq: number) => uplink.chainAt(head.stream, seq),
  }))
  const relation = compareHeads(heads, local)
  if (relation === 'equal' || relation === 'cloud_behind') {
    for (const { stream } of local) {
      const told = heads.find((head) => head.stream === stream)
      uplink.setAcked(stream, told?.seq ?? 0)
    }
  }
  return { relation }
}

export function readEpoch(tx: Tx, _input: null, _context: CommandContext): EpochRecord {
  return tx.sync.epochs.current()
}

export function setGeneration(
  tx: Tx,
  { generation }: { readonly generation: number },
  _context: CommandContext,
): null {
  tx.sync.epochs.setGeneration(generation)
  return null
}

/** Told by the cloud that a newer process speaks for this station; survives a restart. */
export function setFenced(
  tx: Tx,
  { fenced }: { readonly fenced: boolean },
  _context: CommandContext,
): null {
  tx.sync.epochs.setFenced(fenced)
  return null
}

/** Newest op of a stream of any epoch this file holds, with the chain value after it. */
export function readTail(
  tx: Tx,
  { epoch, stream }: { readonly epoch: string; readonly stream: Stream },
  _context: CommandContext,
): { readonly seq: number; readonly chain: string } {
  return tx.sync.epochs.tail({ epoch, stream })
}
