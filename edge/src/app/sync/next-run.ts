import type { Instant } from '@baari/shared/units/time'
import { streamOrder } from '../../domain/sync/stream-order.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { ReadyRun } from '../../ports/cloud-line.ts'
import type { AheadRun, RunAhead } from './run-ahead.ts'
import type { SyncCommands } from './sync-commands.ts'
import type { TelemetrySide } from './telemetry-side.ts'

export type Outboxes = {
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly telemetry: TelemetrySide
  readonly ahead: RunAhead
}

export type Choice = {
  /** Null: without its acked op the ledger's outbox cannot prove where it continues. */
  readonly run: ReadyRun | null
  /** Where the run went out before its turn. */
  readonly sent?: AheadRun['sent']
  readonly unsentOps: number
  readonly oldestUnsent: Instant | null
}

type Asked = { readonly ops: number; readonly turn: number }

/**
 * What the next batch carries: the first stream in the order of this turn that has anything, or an
 * empty run of the ledger stream. Two files hold the outboxes, so the streams of `ledger.db` are
 * asked for on both sides of telemetry.
 */
export async function chooseRun(from: Outboxes, { ops, turn }: Asked): Promise<Choice> {
  const order = streamOrder(turn)
  const at = order.indexOf('telemetry')
  const held = order[0] === 'ledger' ? await from.ahead.take() : undefined
  const before = await ledgerRun(from, { ops, streams: order.slice(0, at), held: placeOf(held) })
  if (before.heldFits && held !== undefined) return { ...before, ...held }
  if (before.run !== null) return before
  const run = await from.telemetry.next(before.epoch, ops)
  if (run !== undefined) return { ...before, run }
  const after = order.slice(at + 1)
  const rest = after.length === 0 ? before : await ledgerRun(from, { ops, streams: after })
  return { ...rest, run: rest.run ?? rest.heartbeat }
}

function placeOf(held: AheadRun | undefined) {
  return held && { epoch: held.run.epoch, first: held.run.first }
}

type LedgerAsk = Parameters<SyncCommands['uplink.next']>[1]

/** States get their places in the stream only now, when there is room to send them. */
async function ledgerRun({ ledger }: Outboxes, ask: LedgerAsk) {
  const next = await ledger.run('uplink.next', ask)
  if (next.run !== null || next.heldFits || !next.statePending || !ask.streams.includes('state'))
    return next
  await ledger.run('state.flush', {})
  return ledger.run('uplink.next', ask)
}
