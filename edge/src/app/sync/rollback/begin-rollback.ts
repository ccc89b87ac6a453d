import { streams, type StreamHead } from '@baari/shared/contracts/sync/session'
import { present } from '@baari/shared/faults/assert'
import type { CommandContext } from '../../../ports/ledger.ts'
import type { LedgerTx } from '../../../ports/ledger-tx.ts'
import type { Lineage, LocalOp } from '../../../ports/rollback.ts'
import type { EpochStream } from '../../../ports/sync.ts'
import { fetchedFacts } from './fetched-facts.ts'
import { coveringPieces, opsToTell } from './own-ops.ts'
import { sortGas } from './sort-gas.ts'

/** More epochs than these without a word to the cloud are no station's. */
const branchMost = 32

export type BeginRollback = {
  /** Epochs with the heads the cloud has of them, oldest first; the last one is in force there. */
  readonly lineage: Lineage
  /** The cloud ever heard of the epoch this file writes; one it never did is opened anew. */
  readonly ownIsKnown: boolean
}

/**
 * `rollback.begin`: what was fetched is known to be ours, so this file joins the cloud's history
 * (sync.md 7.5). Ops that only this file holds leave the epochs the cloud knows; a new epoch is
 * opened whose first op names the cloud's heads, and they are written again behind it. The fetched
 * ops stay on the stage for `rollback.replay`. One transaction: a power cut finds all or nothing.
 */
export function beginRollback(
  tx: LedgerTx,
  input: BeginRollback,
  context: CommandContext,
): { readonly epoch: string; readonly fetched: number } {
  const { rollback } = tx.sync
  const { lineage } = input
  const joined = lineage.flatMap(({ epoch, heads }) => heads.map((head) => ({ ...head, epoch })))
  const local = [...joined.flatMap((head) => leftBehind(tx, head)), ...besideIt(tx, input)]
  const fetched = fetchedFacts(rollback)
  const epoch = openNext(tx, input, context)
  for (const op of opsToTell(local, fetched)) rollback.reissue(op)
  const sorted = sortGas({ tx, context }, coveringPieces(local, fetched), fetched)
  rollback.savePlan({ ...sorted, sinceMs: fetched.sinceMs })
  audit(tx, context, { epoch, fetched: rollback.stagedCount(), local: local.length })
  return { epoch, fetched: rollback.stagedCount() }
}

/** Ops of a stream that lie beyond what both sides hold. */
function leftBehind({ sync: { rollback } }: LedgerTx, head: StreamHead): readonly LocalOp[] {
  const known = Math.min(rollback.acked(head), head.seq)
  return rollback.cutAfter(head, rollback.dropCommon(head, known))
}

/** Ops of epochs of this file through which the cloud's history does not lead, oldest first. */
function besideIt(tx: LedgerTx, { lineage, ownIsKnown }: BeginRollback): readonly LocalOp[] {
  const { epochs, rollback } = tx.sync
  const own = epochs.current().epoch
  return branchOf(tx, lineage).flatMap((epoch) => {
    const places = streams.map((stream): EpochStream => ({ epoch, stream }))
    const isNews = places.every((at) => rollback.acked(at) === 0)
    const ops = places.flatMap((at) =>
      rollback.cutAfter(at, epoch !== own || ownIsKnown ? rollback.acked(at) : 0),
    )
    // The one in force is opened anew or goes on; an older one that nobody heard of is over.
    if (isNews && epoch !== own) rollback.dropEpoch(epoch)
    return ops
  })
}

/**
 * The epochs from the cloud's history to the one in force: a file that was put back twice without a
 * link wrote in several of which the cloud never heard.
 */
function branchOf({ sync }: LedgerTx, lineage: Lineage): readonly string[] {
  const branch: string[] = []
  let epoch: string | undefined = sync.epochs.current().epoch
  while (epoch !== undefined && branch.length < branchMost) {
    if (branch.includes(epoch) || isIn(lineage, epoch)) break
    branch.unshift(epoch)
    epoch = sync.rollback.preceding(epoch)
  }
  return branch
}

function isIn(lineage: Lineage, epoch: string): boolean {
  return lineage.some((one) => one.epoch === epoch)
}

/** Opens the epoch that follows; an id that the cloud never heard of is taken again. */
function openNext(
  tx: LedgerTx,
  { lineage, ownIsKnown }: BeginRollback,
  { ids }: CommandContext,
): string {
  const { epochs, rollback } = tx.sync
  const own = epochs.current().epoch
  const { epoch: prevEpoch, heads: prevHeads } = present(lineage.at(-1), 'the epoch in force')
  const isFree = !ownIsKnown && !isIn(lineage, own)
  const epoch = isFree ? own : ids.hex(16)
  if (isFree) rollback.dropEpoch(own)
  epochs.open(epoch, { prevEpoch, prevHeads })
  tx.outbox.append({
    kind: 'epoch.opened',
    entity: { type: 'station', uuid: '' },
    body: {
      prevEpoch,
      heads: prevHeads.map(({ stream, seq, chain }) => ({ stream, seq, chain })),
    },
  })
  return epoch
}

type Told = { readonly epoch: string; readonly fetched: number; readonly local: number }

function audit(tx: LedgerTx, { now }: CommandContext, facts: Told): void {
  tx.station.audit({ at: now.at, by: 'station', what: 'rollback.begun', about: facts.epoch, facts })
}
