import { nextUseState } from '../../domain/check-in/use-states.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { assert } from '@baari/shared/faults/assert'
import type { BookingId, LaneNo, TicketId } from '@baari/shared/units/names'

export type ClaimUse = {
  readonly booking: BookingId
  readonly useNo: number
  /** Goes on with a part-filled use: it stays redeemed and gets a new place in the queue. */
  readonly continued: boolean
  readonly ticket: TicketId
  readonly lane: LaneNo
  readonly verdict: 'ADMIT' | 'LATE'
  readonly rev: number
  readonly offline?: boolean
  /** Admitted by a person's act: the manager's PIN or cash taken for an open payment. */
  readonly forced?: boolean
  readonly answer?: string | null
}

type Tx = Pick<LedgerTx, 'checkIns' | 'outbox'>

/** Writes the check-in and tells the cloud. The row's key is what makes a double use impossible. */
export function claimUse(tx: Tx, claim: ClaimUse, { now }: CommandContext): void {
  const { booking, useNo, ticket, lane, continued } = claim
  const known = tx.checkIns.ofBooking(booking).find((use) => use.useNo === useNo)
  const next = continued || !known ? undefined : nextUseState(known.state, 'claim')
  assert(next?.ok !== false, 'only a free use is claimed')
  const base = { booking, useNo, lane, at: now.at, ticket }
  const kept = continued && known ? known : { state: 'claimed' as const, fill: null }
  tx.checkIns.save({ ...base, state: kept.state, fill: kept.fill, partFilled: false })
  if (continued) return
  const { verdict, rev, offline = false, forced = false, answer = null } = claim
  tx.outbox.append({
    kind: 'checkin.claimed',
    entity: { type: 'booking', uuid: booking },
    body: { booking, useNo, lane, verdict, ticket, rev, offline, forced, answer },
  })
}
