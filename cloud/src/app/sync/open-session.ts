import {
  emptyEpochsMax,
  sessionText,
  type ConflictBody,
} from '@baari/shared/contracts/sync/session'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { IdSource } from '@baari/shared/runtime/chance'
import { after, minutes, seconds, type Instant } from '@baari/shared/units/time'
import { decideSession, type ReportedHead } from '../../domain/sync/decide-session.ts'
import type {
  NonceNow,
  SessionTx,
  StationKey,
  StationSession,
  StationSessions,
} from '../../ports/station-sessions.ts'

export const nonceLife = seconds(60)
export const tokenLife = minutes(15)

export type SessionDeps = {
  readonly sessions: StationSessions
  readonly clock: Clock
  readonly ids: IdSource
  /** Ed25519 over UTF-8 `text`; key and signature are base64url. False for anything malformed. */
  readonly verify: (publicKey: string, text: string, signature: string) => boolean
  /**
   * Told before the answer that a station holds acknowledgements of ours beyond what we have: this
   * database was put back (sync.md 6.8). Must do nothing when told the same again.
   */
  readonly onPutBack?: (loss: Loss) => Promise<void>
}

/** Where a stream ends here, and that a station was told it went on. */
export type Loss = {
  readonly station: number
  readonly epoch: string
  readonly stream: string
  readonly seq: number
}

export type Challenge = { readonly nonce: string; readonly serverTimeMs: Instant }

/** A nonce for anyone who asks; only a known station's is kept, so that nobody learns who is known. */
export async function challengeStation(deps: SessionDeps, stationNo: number): Promise<Challenge> {
  const now = deps.clock.now()
  const nonce = deps.ids.hex(32)
  await deps.sessions.addNonce(stationNo, { nonce, expires: after(now, nonceLife), now })
  return { nonce, serverTimeMs: now }
}

export type SessionAsk = {
  readonly station: number
  readonly kid: number
  readonly epoch: string
  readonly instance: string
  readonly nonce: string
  readonly sig: string
  readonly prevEpoch?: string | undefined
  readonly prevHeads?: readonly ReportedHead[] | undefined
  readonly acked?: readonly Pick<ReportedHead, 'stream' | 'seq'>[] | undefined
}

export type SessionOpened = {
  readonly token: string
  readonly generation: number
  readonly serverTimeMs: Instant
  readonly heads: readonly ReportedHead[]
  readonly behind: readonly EpochEnd[]
}

/** An epoch and where its streams end. */
export type EpochEnd = { readonly epoch: string; readonly heads: readonly ReportedHead[] }

export type SessionDenied = { readonly error: 'unauthorised' } | ConflictBody

/**
 * Opens a session (sync.md 5.3): the nonce is spent whatever follows, the signature is checked
 * against the enrolled key, and generation and epoch are decided, all while the station's row is
 * held. A session that opens spends the station's other nonces too: the request of a process that
 * died, still on its way, would otherwise arrive as a new process and fence the one that lives.
 */
export async function openSession(
  deps: SessionDeps,
  ask: SessionAsk,
): Promise<Result<SessionOpened, SessionDenied>> {
  const denied = err({ error: 'unauthorised' } as const)
  const asked: Asked = { ask, now: deps.clock.now() }
  // An invented nonce must not cost the station's row a lock.
  if (!(await deps.sessions.knowsNonce(ask.station, nonceOf(asked)))) return denied
  const key = await deps.sessions.keyOf(ask.station)
  let loss: Loss | undefined
  const opened = await deps.sessions.transact(ask.station, async (tx) => {
    if (!(await tx.takeNonce(nonceOf(asked))) || !isSpeaker(deps, ask, key)) return denied
    loss = await lossOf(tx, ask)
    return grant(deps, tx, asked)
  })
  if (loss !== undefined) await deps.onPutBack?.(loss)
  return opened ?? denied
}

function nonceOf({ ask, now }: Asked): NonceNow {
  return { nonce: ask.nonce, now }
}

function isSpeaker(deps: SessionDeps, ask: SessionAsk, key: StationKey | undefined): boolean {
  if (key === undefined || key.kid !== ask.kid) return false
  return deps.verify(key.publicKey, sessionText(ask), ask.sig)
}

/** The first stream of which the station was acknowledged more than this database holds. */
async function lossOf(tx: SessionTx, ask: SessionAsk): Promise<Loss | undefined> {
  const { station, epoch, acked = [] } = ask
  const claims = acked.filter(({ seq }) => seq > 0)
  if (claims.length === 0) return undefined
  const heads = new Map((await tx.heads(epoch)).map(({ stream, seq }) => [stream, seq]))
  const lost = claims.find(({ stream, seq }) => seq > (heads.get(stream) ?? 0))
  return lost && { station, epoch, stream: lost.stream, seq: heads.get(lost.stream) ?? 0 }
}

type Asked = { readonly ask: SessionAsk; readonly now: Instant }

async function grant(
  { ids }: SessionDeps,
  tx: SessionTx,
  { ask, now }: Asked,
): Promise<Result<SessionOpened, SessionDenied>> {
  const { epoch, instance } = ask
  const decided = decideSession(tx.record, {
    epoch,
    instance,
    prevEpoch: ask.prevEpoch,
    prevHeads: ask.prevHeads ?? [],
    knownGeneration: await tx.generationOf(instance),
    epochUsedBefore: epoch !== tx.record.epoch && (await tx.epochUsed(epoch)),
  })
  if (!decided.ok) return decided
  const { generation, opensEpoch } = decided.value
  await tx.dropNonces()
  await tx.saveInstance(instance, generation)
  if (opensEpoch) await tx.openEpoch({ epoch, prev: tx.record.epoch })
  const session: StationSession = { stationNo: ask.station, instance, generation, epoch }
  const token = ids.hex(32)
  await tx.addToken(token, { session, expires: after(now, tokenLife) })
  const heads = await tx.heads(epoch)
  const behind = await epochsBehind(tx, { epoch, heads })
  return ok({ token, generation, serverTimeMs: now, heads, behind })
}

/**
 * The first op of an epoch names what it follows. An epoch that was registered by a node that died
 * before it sent anything has none, so that a file put back to before it could not find what came
 * before: it is told here, epoch by epoch, down to the first that speaks for itself.
 */
async function epochsBehind(tx: SessionTx, from: EpochEnd): Promise<readonly EpochEnd[]> {
  const behind: EpochEnd[] = []
  for (let at = from; isEmpty(at) && behind.length < emptyEpochsMax;) {
    const epoch = await tx.epochBefore(at.epoch)
    if (epoch === null) break
    at = { epoch, heads: await tx.heads(epoch) }
    behind.push(at)
  }
  return behind
}

function isEmpty({ heads }: EpochEnd): boolean {
  return !heads.some(({ stream, seq }) => stream === 'ledger' && seq > 0)
}
