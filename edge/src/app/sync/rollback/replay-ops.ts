import type { LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import { instant, mono } from '@baari/shared/units/time'
import type { CommandContext } from '../../../ports/ledger.ts'
import type { LedgerTx } from '../../../ports/ledger-tx.ts'
import type { RollbackPlan, StagedOp } from '../../../ports/rollback.ts'
import { readOp, type ReadOp } from './read-op.ts'
import {
  fillAuthorised,
  fillDisputed,
  fillOrphan,
  fillSettled,
  fillVoided,
  meterReset,
  paymentCollected,
  replayUnended,
} from './replay-fills.ts'
import {
  bookingNoShow,
  bookingProvisional,
  delayRaised,
  scanFailed,
  vehicleRecorded,
} from './replay-records.ts'
import { silent, type Replay, type ReplayScope } from './replay-scope.ts'
import { shiftClosed, shiftOpened } from './replay-shifts.ts'
import { joinReplayed, ticketClosed, ticketOpened } from './replay-tickets.ts'
import { checkinClaimed, checkinRedeemed, checkinReleased, gateExited } from './replay-uses.ts'

/** The op changed no table but the outbox, or a state that the station finds anew by itself. */
const outboxOnly = (): void => undefined

/** Every kind a station writes, and what it did to the tables. */
const replays: { readonly [K in LedgerOpKind]: Replay<K> } = {
  boot: outboxOnly,
  entity: outboxOnly,
  'epoch.opened': outboxOnly,
  gap: outboxOnly,
  'booking.provisional': bookingProvisional,
  'booking.cancel_acked': outboxOnly,
  // A file that forgot sales opens a new term and promises nothing of the time they lie in; the
  // booking itself comes back as the cloud's row.
  'lease.granted': outboxOnly,
  'lease.returned': outboxOnly,
  'lease.claim_refused': outboxOnly,
  'booking.made': outboxOnly,
  'booking.no_show': bookingNoShow,
  'delay.raised': delayRaised,
  'checkin.claimed': checkinClaimed,
  'checkin.released': checkinReleased,
  'checkin.redeemed': checkinRedeemed,
  'gate.exited': gateExited,
  'scan.failed': scanFailed,
  'ticket.opened': ticketOpened,
  // Calls are the rule's: it calls anew whoever is still here.
  'ticket.called': outboxOnly,
  'ticket.call_undone': outboxOnly,
  'ticket.called_out_of_turn': outboxOnly,
  'ticket.out_of_turn_undone': outboxOnly,
  'ticket.skipped': outboxOnly,
  'ticket.closed': ticketClosed,
  'vehicle.recorded': vehicleRecorded,
  'fill.authorised': fillAuthorised,
  'fill.voided': fillVoided,
  'fill.settled': fillSettled,
  'fill.orphan': fillOrphan,
  'fill.disputed': fillDisputed,
  'meter.reset': meterReset,
  'payment.collected': paymentCollected,
  'shift.opened': shiftOpened,
  'shift.closed': shiftClosed,
  // Both sides are compared anew after a rollback, and a day is closed by what the books hold then.
  'proof.made': outboxOnly,
  'day.closed': outboxOnly,
}

/** Ops of one transaction: the station's own commands wait for no more than these. */
const opsAtOnce = 200

/**
 * `rollback.replay`: takes the next fetched ops from the stage into the outbox and into the tables
 * of the station, by the code of the use-cases that wrote them. Asked until `left` is 0; a restart
 * goes on where it ended. An op that does not fit is kept aside for a person and stops nothing.
 */
export function replayOps(
  tx: LedgerTx,
  _input: null,
  context: CommandContext,
): { readonly left: number } {
  const { rollback } = tx.sync
  const plan = rollback.plan()
  if (plan === null) return { left: 0 }
  const quiet = silent(tx)
  for (const staged of rollback.staged(opsAtOnce)) {
    rollback.keep(staged)
    const op = staged.stream === 'ledger' ? readOp(staged) : undefined
    if (op === undefined) continue
    const { uuid } = rollback.entity(staged, op.ref) ?? { uuid: '' }
    const scope = scopeOf({ tx: quiet, plan, uuid, context }, op)
    const error = rollback.attempt(() => replay(scope, op))
    if (error !== undefined) keepAside(tx, { staged, error, context })
  }
  const left = rollback.stagedCount()
  if (left === 0) finish({ tx: quiet, context, plan })
  return { left }
}

function replay(scope: ReplayScope, op: ReadOp): void {
  const act = replays[op.kind] as (scope: ReplayScope, body: ReadOp['body']) => void
  act(scope, op.body)
}

type At = Pick<ReplayScope, 'tx' | 'plan' | 'uuid' | 'context'>

function scopeOf({ tx, plan, uuid, context }: At, op: Pick<ReadOp, 'at' | 'mono'>): ReplayScope {
  const at = instant(op.at)
  const now = { at, mono: mono(op.mono), trusted: true }
  return { tx, plan, uuid, at, context: { ...context, now } }
}

type Aside = {
  readonly staged: StagedOp
  readonly error: unknown
  readonly context: CommandContext
}

function keepAside(tx: LedgerTx, { staged, error, context }: Aside): void {
  const { epoch, stream, seq, kind, raw } = staged
  tx.sync.follow.quarantine({
    source: `rollback ${epoch} ${stream} ${seq} ${kind}`,
    payload: new TextDecoder().decode(raw),
    reason: error instanceof Error ? error.message : String(error),
    at: context.now.at,
  })
}

type Finish = {
  readonly tx: LedgerTx
  readonly context: CommandContext
  readonly plan: RollbackPlan
}

function finish({ tx, context, plan }: Finish): void {
  const { at, mono: monoAt } = context.now
  for (const fill of plan.unended) {
    const scope = scopeOf({ tx, plan, uuid: fill.fill, context }, { at, mono: monoAt })
    replayUnended(scope, fill)
  }
  joinReplayed({ tx, context, plan })
  tx.sync.rollback.savePlan(null)
  const facts = { unended: plan.unended.length }
  tx.station.audit({ at, by: 'station', what: 'rollback.replayed', about: 'ledger', facts })
}
