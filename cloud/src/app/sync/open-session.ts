import { sessionText, type ConflictBody } from '@baari/shared/contracts/sync/session'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { IdSource } from '@baari/shared/runtime/chance'
import { after, minutes, seconds, type Instant } from '@baari/shared/units/time'
import { decideSession, type ReportedHead } from '../../domain/sync/decide-session.ts'
import type { SessionTx, StationSession, StationSessions } from '../../ports/station-sessions.ts'

export const nonceLife = seconds(60)
export const tokenLife = minutes(15)

export type SessionDeps = {
  readonly sessions: StationSessions
  readonly clock: Clock
  readonly ids: IdSource
  /** Ed25519 over UTF-8 `text`; key and signature are base64url. False for anything malformed. */
  readonly verify: (publicKey: string, text: string, signature: string) => boolean
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
}

export type SessionOpened = {
  readonly token: string
  readonly generation: number
  readonly serverTimeMs: Instant
  readonly heads: readonly ReportedHead[]
}

export type SessionDenied = { readonly error: 'unauthorised' } | ConflictBody

/**
 * Opens a session (sync.md 5.3): the nonce is spent whatever follows, the signature is checked
 * against the enrolled key, and generation and epoch are decided while the station's row is held.
 */
export async function openSession(
  deps: SessionDeps,
  ask: SessionAsk,
): Promise<Result<SessionOpened, SessionDenied>> {
  const now = deps.clock.now()
  const fresh = await deps.sessions.takeNonce(ask.station, { nonce: ask.nonce, now })
  const key = await deps.sessions.keyOf(ask.station)
  if (!fresh || key === undefined || key.kid !== ask.kid) return err({ error: 'unauthorised' })
  if (!deps.verify(key.publicKey, sessionText(ask), ask.sig)) return err({ error: 'unauthorised' })
  const opened = await deps.sessions.transact(ask.station, (tx) => grant(deps, tx, { ask, now }))
  return opened ?? err({ error: 'unauthorised' })
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
  await tx.saveInstance(instance, generation)
  if (opensEpoch) await tx.openEpoch({ epoch, prev: tx.record.epoch })
  const session: StationSession = { stationNo: ask.station, instance, generation, epoch }
  const token = ids.hex(32)
  await tx.addToken(token, { session, expires: after(now, tokenLife) })
  return ok({ token, generation, serverTimeMs: now, heads: await tx.heads(epoch) })
}
