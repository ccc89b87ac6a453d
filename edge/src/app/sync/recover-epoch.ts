import type { StreamHead } from '@baari/shared/contracts/sync/session'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import type { Ledger } from '../../ports/ledger.ts'
import type { Session } from '../../ports/cloud-line.ts'
import type { Lineage, PulledOp } from '../../ports/rollback.ts'
import { catchUpCloud } from './catch-up-cloud.ts'
import { chained } from './chained-ops.ts'
import { readOp } from './rollback/read-op.ts'
import type { Recovery, RecoverDeps } from './recovery.ts'
import type { SyncCommands } from './sync-commands.ts'

type Run = RecoverDeps & { readonly session: Session }

const opsPerPull = 5_000
/** A station that was put back more often than this within what it still fetches asks a person. */
const epochsMost = 32

/**
 * Brings this file and the cloud back to one history (sync.md 6.8, 7.5). `current` is the epoch the
 * cloud holds; signing in for that one is the only way to learn its heads. A cloud that was
 * restored is sent what it lost. For a file that was put back, own ops it lost
 * are fetched, of earlier epochs too, and taken over only when the chain ends where the cloud's
 * does; then a new epoch follows the cloud's heads, and what was fetched is replayed.
 */
export async function recoverEpoch(deps: RecoverDeps, current: string | null): Promise<Recovery> {
  await finishReplay(deps.ledger)
  const own = await deps.ledger.run('epoch.read', null)
  const epoch = current ?? own.prevEpoch ?? own.epoch
  const { signal } = deps
  const opened = await deps.line.openSession({ epoch, prevEpoch: null, prevHeads: [], signal })
  if (!opened.ok) return { kind: 'no', no: opened.no }
  const { token, gen, heads, behind } = opened.value
  const session: Session = { token, gen, station: deps.station }
  const caughtUp = await catchUpCloud(deps, { epoch, heads, session })
  if (caughtUp !== undefined) return caughtUp
  const run: Run = { ...deps, session }
  await deps.ledger.run('rollback.clear', null)
  const lineage = await lineageOf(run, [{ epoch, heads }, ...behind])
  if ('kind' in lineage) return lineage
  for (const { heads: ends } of lineage) {
    for (const head of ends) {
      // Readings are not fetched back: what their own file had sent, the cloud keeps.
      if (head.stream === 'telemetry') continue
      const no = await fetchStream(run, head)
      if (no !== null) return no
    }
  }
  const ownIsKnown = await cloudKnows(run, own.epoch)
  if (typeof ownIsKnown !== 'boolean') return ownIsKnown
  await deps.ledger.run('rollback.begin', { lineage, ownIsKnown })
  await finishReplay(deps.ledger)
  return { kind: 'recovered' }
}

/** Whether the cloud ever registered an epoch of this station. */
async function cloudKnows(
  { line, session, signal }: Run,
  epoch: string,
): Promise<boolean | Recovery> {
  const range = { epoch, stream: 'ledger', from: 1, to: 1 } as const
  const answer = await line.pullOps({ session, range, signal })
  if (answer.ok) return true
  const { no } = answer
  return no.kind === 'refused' && no.status === 404 ? false : { kind: 'no', no }
}

/** Takes over what is still on the stage; also at a start after a power cut in between. */
export async function finishReplay(ledger: Pick<Ledger<SyncCommands>, 'run'>): Promise<void> {
  let left = 1
  while (left > 0) left = (await ledger.run('rollback.replay', null)).left
}

/**
 * The epochs this file lacks something of, oldest first: an epoch that it does not hold follows
 * another one, which its first op names. Of those that hold no op the cloud has said what they
 * follow: `told` is the epoch in force and, nearest first, what lies behind it.
 */
async function lineageOf(run: Run, told: Lineage): Promise<Lineage | Recovery> {
  let lineage: Lineage = told.toReversed()
  while (lineage.length <= epochsMost) {
    const ledgerHead = lineage[0]?.heads.find(({ stream }) => stream === 'ledger')
    if (ledgerHead === undefined || ledgerHead.seq === 0) return lineage
    const first = await pull(run, { ...ledgerHead, seq: 1 }, 1)
    if ('kind' in first) return first
    if (await isHeld(run, ledgerHead, first[0])) return lineage
    const opened = first[0] && readOp({ raw: first[0] })
    if (opened?.kind !== 'epoch.opened') return lineage
    const { prevEpoch: epoch, heads } = opened.body
    lineage = [
      { epoch, heads: heads.map((head) => ({ ...head, epoch }) as StreamHead) },
      ...lineage,
    ]
  }
  return { kind: 'fork' }
}

/**
 * Whether this file holds the epoch as the cloud does. An id that the cloud had never heard of is
 * taken again when a file joins, with other ops: a backup from before that holds the old ones.
 */
async function isHeld(
  { ledger }: Run,
  { epoch, stream, seq: most }: StreamHead,
  first: Uint8Array | undefined,
): Promise<boolean> {
  const { acked } = await ledger.run('rollback.where', { epoch, stream, most })
  if (acked > 0) return true
  const own = await ledger.run('epoch.run', { epoch, stream, from: 1, ops: 1 })
  if (own === null || first === undefined) return own !== null
  return textOf(own.lines).trimEnd() === textOf(first)
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Stages what the cloud has of a stream beyond what it acknowledged here; null when that is ours. */
async function fetchStream(run: Run, head: StreamHead): Promise<Recovery | null> {
  const { epoch, stream } = head
  const known = await run.ledger.run('rollback.where', { epoch, stream, most: head.seq })
  // An op that was pruned here was acknowledged: the cloud's own chain is taken from there on.
  if (known.chain === undefined) return known.acked === head.seq ? null : { kind: 'fork' }
  let [seq, chain] = [known.acked, known.chain]
  while (seq < head.seq) {
    const lines = await pull(run, { ...head, seq: Math.min(head.seq, seq + opsPerPull) }, seq + 1)
    if ('kind' in lines) return lines
    const ops = chained(lines, { seq, chain }).map((op): PulledOp => ({ ...op, kind: kindOf(op) }))
    const last = ops.at(-1)
    if (last === undefined) return { kind: 'fork' }
    await run.ledger.run('rollback.stage', { place: { epoch, stream }, ops })
    ;[seq, chain] = [last.seq, last.hash]
  }
  return seq === head.seq && chain === head.chain ? null : { kind: 'fork' }
}

/** Lines `from` to the head's seq of one stream. */
async function pull(
  { line, session, signal }: Run,
  { epoch, stream, seq: to }: StreamHead,
  from: number,
): Promise<readonly Uint8Array[] | Recovery> {
  const range = { epoch, stream, from, to }
  const pulled = await line.pullOps({ session, range, signal })
  return pulled.ok ? pulled.value : { kind: 'no', no: pulled.no }
}

function kindOf({ raw }: Pick<PulledOp, 'raw'>): string {
  const parsed = opLine.safeParse(parseJson(raw))
  return parsed.success ? parsed.data.k : '?'
}

function parseJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw))
  } catch {
    return undefined
  }
}
