import {
  differingBuckets,
  differingDays,
  differingKeys,
  type KeyDifference,
} from '@baari/shared/domain/sync/digest-compare'
import type { DayDigest } from '@baari/shared/domain/sync/digest'
import type { DigestSet } from '@baari/shared/domain/sync/digest-rows'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { comparable, foundMax } from '../../domain/sync/proof.ts'
import type { SetDays } from '../../ports/digests.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { ProofAsk, ProofLine } from '../../ports/proof-line.ts'
import type { ProofCommands } from './proof-commands.ts'

export type ProveDeps = {
  readonly line: ProofLine
  readonly ledger: Pick<Ledger<ProofCommands>, 'run'>
}

/** Why nothing can be said now: `moved` when the sides hold different ops, `line` without answer. */
export type NoProof = 'moved' | 'line'

export type Difference = KeyDifference & { readonly set: DigestSet; readonly day: number }

export type Compared = {
  readonly equal: readonly DayDigest[]
  readonly rows: number
  readonly differences: readonly Difference[]
  /** More rows differ than one proof names. */
  readonly more: boolean
}

export type Span = SetDays & { readonly recount: boolean }

/**
 * Compares one set over some days and names the rows that differ in three exchanges at most: the
 * days, the buckets of a day, the keys of a bucket.
 */
export async function compareDays(
  deps: ProveDeps,
  ask: ProofAsk,
  span: Span,
): Promise<Result<Compared, NoProof>> {
  const own = await deps.ledger.run('proof.days', span)
  const told = await deps.line.days(ask, span)
  if (!told.ok) return err('line')
  const { head, days } = told.value
  const cloudSeq = head?.epoch === own.head.epoch ? head.seq : null
  if (!comparable(own.head, cloudSeq)) return err('moved')
  const wrong = new Set(differingDays(own.days, days))
  const equal = own.days.filter(({ day }) => !wrong.has(day))
  const rows = own.days.reduce((sum, { n }) => sum + n, 0)
  const found: Difference[] = []
  for (const day of wrong) {
    if (found.length >= foundMax) break
    const ofDay = await findInDay(deps, ask, { set: span.set, day, room: foundMax - found.length })
    if (!ofDay.ok) return ofDay
    found.push(...ofDay.value)
  }
  const differences = found.slice(0, foundMax)
  return ok({ equal, rows, differences, more: found.length > differences.length })
}

type Where = { readonly set: DigestSet; readonly day: number; readonly room: number }

async function findInDay(
  { line, ledger }: ProveDeps,
  ask: ProofAsk,
  { set, day, room }: Where,
): Promise<Result<readonly Difference[], NoProof>> {
  const own = await ledger.run('proof.buckets', { set, day })
  const told = await line.buckets(ask, { set, day })
  if (!told.ok) return err('line')
  const found: Difference[] = []
  for (const bucket of differingBuckets(own, told.value)) {
    // One more than there is room for says that there are more.
    if (found.length > room) break
    const place = { set, day, bucket }
    const ours = await ledger.run('proof.keys', place)
    const theirs = await line.keys(ask, place)
    if (!theirs.ok) return err('line')
    found.push(...differingKeys(ours, theirs.value).map((row) => ({ ...row, set, day })))
  }
  return ok(found)
}
