import { maxBatchBytes } from '@baari/shared/contracts/sync/uplink'
import type { Stream } from '@baari/shared/contracts/sync/session'
import type { Instant } from '@baari/shared/units/time'
import { compareHeads, type CloudHead } from '../../domain/sync/compare-heads.ts'
import type { HeadRelation } from '../../domain/sync/uplink-states.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { EpochRecord, OpResult, OutboxRun } from '../../ports/sync.ts'

type Tx = Pick<LedgerTx, 'sync' | 'outboxHeads' | 'outbox' | 'latestState'>

/** Room for the batch's first line below the bound of the contract. */
const headBytes = 1_000

/** Whether anything of this file waits to be sent. */
export function anyWaits(
  tx: Pick<LedgerTx, 'outboxHeads' | 'latestState'>,
  _input: null,
  _context: CommandContext,
): boolean {
  return tx.outboxHeads.anyUnsent() || tx.latestState.anyPending()
}

export type NextBatch = {
  readonly epoch: string
  /** Null: nothing waits in these streams. */
  readonly run: OutboxRun | null
  /** The run read ahead is the next one. */
  readonly heldFits: boolean
  /** An empty run of the ledger stream, which proves to both sides that their chains are equal. */
  readonly heartbeat: OutboxRun | null
  /** Values of the state stream wait for their places in it. */
  readonly statePending: boolean
  readonly unsentOps: number
  readonly oldestUnsent: Instant | null
}

export type NextAsk = {
  readonly ops: number
  readonly streams: readonly Stream[]
  /** A run of the first stream that was read ahead. */
  readonly held?: { readonly epoch: string; readonly first: number } | undefined
}

/** The next ops to send: of the first of these streams that has any, in the order given. */
export function nextBatch(tx: Tx, ask: NextAsk, _context: CommandContext): NextBatch {
  const bound = { ops: ask.ops, bytes: maxBatchBytes - headBytes }
  const { ops: unsentOps, oldest: oldestUnsent } = tx.outboxHeads.unsent()
  const fits = heldFits(tx, ask)
  let run: OutboxRun | null = null
  const reads = !fits && unsentOps > 0
  if (reads) for (const stream of ask.streams) run ??= tx.sync.uplink.nextRun(stream, bound) ?? null
  return {
    epoch: tx.outboxHeads.epoch(),
    run,
    heldFits: fits,
    heartbeat: run === null && !fits ? emptyRun(tx) : null,
    statePending: tx.latestState.anyPending(),
    unsentOps,
    oldestUnsent,
  }
}

/** What was read ahead is the next run as long as the outbox goes on right there. */
function heldFits(tx: Tx, { held, streams: [first] }: NextAsk): boolean {
  if (held === undefined || held.epoch !== tx.outboxHeads.epoch()) return false
  const head = tx.outboxHeads.heads().find(({ stream }) => stream === first)
  return head !== undefined && head.ackedSeq + 1 === held.first
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
export function markAcked(tx: Tx, input: AckInput, context: CommandContext): AckOutput {
  const { epoch, stream, ack, chain, results } = input
  const { outboxHeads, sync } = tx
  if (epoch !== outboxHeads.epoch()) return { forked: false, more: false }
  const head = outboxHeads.heads().find((candidate) => candidate.stream === stream)
  if (head === undefined || ack >= head.nextSeq || sync.uplink.chainAt(stream, ack) !== chain) {
    return { forked: true, more: false }
  }
  if (ack !== head.ackedSeq) sync.uplink.setAcked(stream, ack)
  sync.uplink.saveResults(stream, results)
  return { forked: false, more: anyWaits(tx, null, context) }
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
 * on our chain (a restored cloud is behind what it once acked). Telemetry keeps its own.
 */
export function compareWithCloud(
  tx: Tx,
  { heads }: { readonly heads: readonly CloudHead[] },
  _context: CommandContext,
): { readonly relation: HeadRelation } {
  const { uplink } = tx.sync
  const ours = tx.outboxHeads.heads().filter(({ stream }) => stream !== 'telemetry')
  const local = ours.map((head) => ({
    stream: head.stream,
    lastSeq: head.nextSeq - 1,
    ackedSeq: head.ackedSeq,
    chainAt: (seq: number) => uplink.chainAt(head.stream, seq),
  }))
  const told = heads.filter(({ stream }) => stream !== 'telemetry')
  const relation = compareHeads(told, local)
  if (relation === 'equal' || relation === 'cloud_behind') {
    for (const { stream } of local) {
      uplink.setAcked(stream, told.find((head) => head.stream === stream)?.seq ?? 0)
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
