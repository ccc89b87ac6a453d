import type { Stream, StreamHead } from '@baari/shared/contracts/sync/session'
import type { FillId, PositionNo } from '@baari/shared/units/names'
import type { Metered } from '../domain/fill/fill-states.ts'
import type { NozzleKey } from '../domain/position/nozzle.ts'
import type { OpEntity } from './outbox.ts'
import type { EpochStream, OutboxRun, RunBound } from './outbox-runs.ts'

/** An own op as the cloud keeps it, with the chain value after it, lower-case hex. */
export type PulledOp = {
  readonly seq: number
  readonly kind: string
  /** The wire line without its LF. */
  readonly raw: Uint8Array
  readonly hash: string
}

export type StagedOp = EpochStream & PulledOp

/** An op that only this file holds, taken out of its place. */
export type LocalOp = {
  readonly stream: Stream
  readonly kind: string
  readonly entity: OpEntity | null
  /** Station time, milliseconds since 1970, and monotonic time of the boot that wrote it. */
  readonly at: number
  readonly mono: number
  readonly body: unknown
}

/**
 * Gas that this file took for nobody's, or for another end of a fill, while it had lost its later
 * ops: the pieces fetched back lie inside.
 */
export type Cover = { readonly key: NozzleKey; readonly meter: Metered }

/** A fill that was open when the file was lost, with the gas that is its own. */
export type Unended = {
  readonly fill: FillId
  readonly position: PositionNo
  readonly meter: Metered | null
}

/** What the replay has to know until its last op. */
export type RollbackPlan = {
  readonly covers: readonly Cover[]
  readonly unended: readonly Unended[]
  /** Wall time of the first fetched op: tickets opened since then are put into the queue at the end. */
  readonly sinceMs: number
}

/**
 * Ops on their way back into a file that lost them (sync.md 7.5). Everything runs inside the
 * command's transaction; staged ops survive a restart.
 */
export type RollbackStore = {
  /** Null when no replay is under way. */
  plan(): RollbackPlan | null
  savePlan(plan: RollbackPlan | null): void
  clearStage(): void
  stage(place: EpochStream, ops: readonly PulledOp[]): void
  /** Staged ops, in the order they came, oldest first. */
  staged(limit: number): readonly StagedOp[]
  stagedOfKinds(kinds: readonly string[]): Iterable<StagedOp>
  stagedCount(): number
  /** Up to which seq the cloud is known to have this stream of any epoch; 0 when none is. */
  acked(place: EpochStream): number
  /** Chain value after an op of any epoch this file holds; undefined when it is not held. */
  chainAt(place: EpochStream, seq: number): string | undefined
  /** Ops of a stream of any epoch from `from` on; undefined when none is held. */
  runFrom(place: EpochStream, from: number, bound: RunBound): OutboxRun | undefined
  /** The epoch of this file that follows another one, and the heads it names; undefined if none. */
  follower(
    epoch: string,
  ): { readonly epoch: string; readonly prevHeads: readonly StreamHead[] } | undefined
  /** The epoch that this one says it follows; undefined when its first op is not held. */
  preceding(epoch: string): string | undefined
  /** Drops staged ops that this file holds already; answers the last seq both agree on. */
  dropCommon(place: EpochStream, from: number): number
  /** Takes out what this file wrote beyond `seq`, oldest first, and sets the head back to it. */
  cutAfter(place: EpochStream, seq: number): readonly LocalOp[]
  /** Forgets the heads and entities of an epoch that only this file knew. */
  dropEpoch(epoch: string): void
  /** Puts a staged op into the outbox, acknowledged, and takes it off the stage. */
  keep(op: StagedOp): void
  /** The entity a ref of a fetched op names; undefined when its `entity` op is not here. */
  entity(place: EpochStream, ref: number): OpEntity | undefined
  /** Writes an op again in the epoch in force, with its own times. */
  reissue(op: LocalOp): void
  /** Runs `work` and takes back what it wrote when it throws; answers the error. */
  attempt(work: () => void): unknown
}

export type Lineage = readonly { readonly epoch: string; readonly heads: readonly StreamHead[] }[]
