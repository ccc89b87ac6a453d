import type { StreamHead } from '@baari/shared/contracts/sync/session'
import type { Session } from '../../ports/cloud-line.ts'
import type { Recovery, RecoverDeps } from './recovery.ts'

const opsPerPush = 1_000
/** Epochs a cloud may have lost; more than these is for a person. */
const epochsMost = 32

export type CloudEpoch = {
  readonly epoch: string
  readonly heads: readonly StreamHead[]
  readonly session: Session
}

/**
 * Brings a cloud that was restored to an earlier epoch forward again (sync.md 6.8): the rest of
 * that epoch is sent, the one that followed it is registered behind it, and so on to the epoch in
 * force, which the ordinary loop then sends. Undefined when the cloud is not behind: then it is
 * this file that lacks something.
 */
export async function catchUpCloud(
  deps: RecoverDeps,
  first: CloudEpoch,
): Promise<Recovery | undefined> {
  let at = first
  for (let count = 0; count < epochsMost; count += 1) {
    const { epoch } = at
    // Readings have a file and an outbox of their own, which goes on in the newest epoch.
    const heads = at.heads.filter(({ stream }) => stream !== 'telemetry')
    const past = await deps.ledger.run('epoch.past', { epoch, heads })
    if (!past.cloudIsBehind || past.follower === null) return count === 0 ? undefined : recovered
    for (const head of heads) {
      const no = await sendRest(deps, at, head)
      if (no !== null) return no
    }
    const { epoch: next, prevHeads } = past.follower
    const own = await deps.ledger.run('epoch.read', null)
    // The loop registers its own epoch when it signs in.
    if (next === own.epoch) return recovered
    const { signal, station } = deps
    const opened = await deps.line.openSession({ epoch: next, prevEpoch: epoch, prevHeads, signal })
    if (!opened.ok) return { kind: 'no', no: opened.no }
    const { token, gen } = opened.value
    at = { epoch: next, heads: opened.value.heads, session: { token, gen, station } }
  }
  return { kind: 'fork' }
}

const recovered: Recovery = { kind: 'recovered' }

/** Sends what the cloud lacks of a stream of an epoch that was left; null when it has all. */
async function sendRest(
  deps: RecoverDeps,
  { epoch, session }: CloudEpoch,
  { stream, seq: from }: StreamHead,
): Promise<Recovery | null> {
  const { ledger, line, signal, now } = deps
  for (let seq = from; ;) {
    const run = await ledger.run('epoch.run', { epoch, stream, from: seq + 1, ops: opsPerPush })
    if (run === null) return null
    const sent = await line.sendRun({ session, run, sentAt: now(), signal })
    if (!sent.ok) {
      const forked = sent.no.kind === 'conflict' && sent.no.body.error === 'fork'
      return forked ? { kind: 'fork' } : { kind: 'no', no: sent.no }
    }
    if (sent.value.ack <= seq) return { kind: 'fork' }
    seq = sent.value.ack
  }
}
