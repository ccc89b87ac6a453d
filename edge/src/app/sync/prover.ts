import { digestSets, type DigestSet } from '@baari/shared/domain/sync/digest-rows'
import { repairOf } from '@baari/shared/domain/sync/digest-compare'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { istDay } from '@baari/shared/units/ist-calendar'
import { seconds } from '@baari/shared/units/time'
import { digestDaysMax } from '@baari/shared/contracts/sync/digest'
import {
  spanOfProof,
  type Findings,
  type FoundRow,
  type ProofWhy,
} from '../../domain/sync/proof.ts'
import type { ProofAsk } from '../../ports/proof-line.ts'
import type { StationClock } from '../../ports/station-clock.ts'
import {
  compareDays,
  type Difference,
  type NoProof,
  type ProveDeps,
  type Span,
} from './prove-days.ts'

export type ProverDeps = ProveDeps & {
  readonly clock: Clock
  readonly time: StationClock
  /** Fetches every booking anew and resolves when the rows lie in the ledger. */
  readonly refetchBookings: () => Promise<void>
}

/** Days of each set to compare in one request each. */
type Work = readonly Span[]

/**
 * One proof (sync.md section 7.2): compares every set, mends rows that differ by the op that made
 * them, or by the shape where the cloud is the author, compares again and keeps what came of it.
 */
export async function prove(
  deps: ProverDeps,
  ask: ProofAsk,
  why: ProofWhy,
): Promise<Result<Findings, NoProof>> {
  const today = istDay(deps.time.now().at)
  const { from, to } = spanOfProof(why, today)
  const work = await workOf(deps, { from, to, recount: why === 'daily' })
  if (why === 'daily') await recount(deps, work)
  let rows = 0
  let more = false
  const found: FoundRow[] = []
  for (const span of work) {
    const compared = await compareTwice(deps, ask, span)
    if (!compared.ok) return compared
    rows += compared.value.rows
    more ||= compared.value.more
    await deps.ledger.run('proof.proven', { set: span.set, days: compared.value.equal })
    const mended = await mend(deps, ask, { span, differences: compared.value.differences })
    if (!mended.ok) return mended
    found.push(...mended.value)
  }
  const first = Math.min(...work.map((span) => span.from))
  return ok({ from: first, to, rows, found, more })
}

/** Every set over the span, and before it the days that changed since they were proven. */
async function workOf(deps: ProverDeps, span: Omit<Span, 'set'>): Promise<Work> {
  const open = await deps.ledger.run('proof.open', null)
  return digestSets.flatMap((set) => {
    const outside = open.filter(
      (day) => day.set === set && (day.day < span.from || day.day > span.to),
    )
    return [
      ...ranges(
        set,
        outside.map(({ day }) => day),
        span.recount,
      ),
      { ...span, set },
    ]
  })
}

/** Days in runs that one request may hold. */
function ranges(set: DigestSet, days: readonly number[], recount: boolean): Span[] {
  const spans: { set: DigestSet; from: number; to: number; recount: boolean }[] = []
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = spans.at(-1)
    if (last !== undefined && day - last.from < digestDaysMax) last.to = day
    else spans.push({ set, from: day, to: day, recount })
  }
  return spans
}

/** Makes our own digests from the rows, a day at a time so that no scan waits for long. */
async function recount({ ledger }: ProverDeps, work: Work): Promise<void> {
  for (const { set, from, to } of work) {
    for (let day = from; day <= to; day += 1) await ledger.run('proof.recount', { set, day })
  }
}

/** Time for a row that was under way in the shape's stream to arrive. */
const secondLook = seconds(5)

/**
 * Bookings travel by the shape and not under the ops' numbers, so that a difference may be one
 * under way: it counts when a second look finds the very same.
 */
async function compareTwice(deps: ProverDeps, ask: ProofAsk, span: Span) {
  const first = await compareDays(deps, ask, span)
  if (span.set !== 'bookings' || !first.ok || first.value.differences.length === 0) return first
  await waited(deps.clock, ask.signal)
  const second = await compareDays(deps, ask, { ...span, recount: false })
  if (!second.ok) return second
  const before = new Set(first.value.differences.map(sameLook))
  const differences = second.value.differences.filter((one) => before.has(sameLook(one)))
  return ok({ ...second.value, differences })
}

function sameLook({ day, key, here, there }: Difference): string {
  return `${day}/${key}/${here}/${there}`
}

function waited(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after('second look', secondLook, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  })
}

type Mending = { readonly span: Span; readonly differences: readonly Difference[] }

/** Mends what differs and looks again: only what is equal then counts as mended. */
async function mend(
  deps: ProverDeps,
  ask: ProofAsk,
  { span, differences }: Mending,
): Promise<Result<readonly FoundRow[], NoProof>> {
  if (differences.length === 0) return ok([])
  if (span.set === 'bookings') await deps.refetchBookings()
  else for (const one of differences) if (!(await mendByOp(deps, ask, one))) return err('line')
  const after = await compareDays(deps, ask, { ...span, recount: false })
  if (!after.ok) return after
  const left = new Set(after.value.differences.map(({ day, key }) => `${day}/${key}`))
  const found = differences.map(({ set, day, key, here, there }) => {
    const mended = !after.value.more && !left.has(`${day}/${key}`)
    return { set, day, key, here, there, mended }
  })
  await deps.ledger.run('proof.mended', { rows: found.filter(({ mended }) => mended) })
  return ok(found)
}

/** False when the line failed on the way; a row without a witness is left for a person. */
async function mendByOp(
  { ledger, line }: ProverDeps,
  ask: ProofAsk,
  { set, key, here, there }: Difference,
): Promise<boolean> {
  const witness = await ledger.run('proof.witness', { set, key })
  for (const step of repairOf({ key, here, there }, witness?.hash ?? null)) {
    if (step === 'rewrite-here') await ledger.run('proof.rewrite', { set, key })
    else if (witness !== null) {
      const { place, raw } = witness
      const { epoch, seq } = place
      const sent = await line.resend(ask, { set, ops: [{ epoch, seq, raw }] })
      if (!sent.ok) return false
    }
  }
  return true
}
