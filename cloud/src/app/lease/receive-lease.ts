import type { ConflictBody } from '@baari/shared/contracts/sync/session'
import {
  answerTo,
  cellsAfter,
  judgeRequest,
  termAfter,
} from '@baari/shared/domain/lease/cloud-lease'
import type { LeaseAnswer, LeaseRequest } from '@baari/shared/domain/lease/term'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { StationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { Leases, LeaseTx } from '../../ports/leases.ts'

export type LeaseDeps = { readonly leases: Leases; readonly clock: Clock }

export type LeaseSession = { readonly station: StationNo; readonly generation: number }

/**
 * Carries out one step of a station's lease (sync.md 5.4): term, cells and answer change in one
 * transaction, so what the cloud gives up is durable before the station hears of it, and the same
 * request again is answered alike without effect.
 */
export async function receiveLease(
  { leases, clock }: LeaseDeps,
  session: LeaseSession,
  request: LeaseRequest,
): Promise<Result<LeaseAnswer, ConflictBody>> {
  const received = await leases.transact(session.station, (tx) =>
    receiveInside(tx, { session, request, clock }),
  )
  return received ?? err({ error: 'fenced', generation: 0 })
}

type Received = {
  readonly session: LeaseSession
  readonly request: LeaseRequest
  readonly clock: Clock
}

async function receiveInside(
  tx: LeaseTx,
  { session, request, clock }: Received,
): Promise<Result<LeaseAnswer, ConflictBody>> {
  const { generation, held } = tx
  if (session.generation < generation) return err({ error: 'fenced', generation })
  const verdict = judgeRequest(held, request)
  if (verdict.kind === 'fenced') {
    const { fence, term } = verdict
    return err({ error: 'fenced', generation, lease: { fence, term } })
  }
  if (verdict.kind === 'repeat') return ok(verdict.answer)
  const named = request.cells.map(({ start }) => start)
  const from = instant(Math.min(request.term.from, ...named))
  const known = await tx.cells(verdict.kind === 'open' ? { from } : named)
  const cells = cellsAfter(known, request, verdict.kind)
  const answer = answerTo(request, cells)
  const now = clock.now()
  const term = termAfter(held, request, now)
  await tx.save({ held: { term, no: request.no, answer }, cells, asks: request.asks, now })
  return ok(answer)
}
