import { bytesOfHex } from '@baari/shared/codecs/hex'
import { enrolText, normaliseEnrolCode } from '@baari/shared/contracts/sync/enrol'
import { present } from '@baari/shared/faults/assert'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Instant } from '@baari/shared/units/time'
import {
  codeExpires,
  decideEnrolment,
  enrolCodeOf,
  nextKid,
  type EnrolNo,
} from '../../domain/sync/decide-enrolment.ts'
import type { Enrolments, EnrolTx, WrapForStation } from '../../ports/enrolments.ts'

export type EnrolDeps = {
  readonly enrolments: Enrolments
  readonly clock: Clock
  readonly ids: IdSource
  /** Ed25519 over UTF-8 text; key and signature are base64url. False for anything malformed. */
  readonly verify: (publicKey: string, text: string, signature: string) => boolean
  /** Keyed hash of a station's code, lower-case hex: a copy of the database enrols nobody. */
  readonly hashCode: (stationNo: number, code: string) => string
  readonly wrap: WrapForStation
  /** Public signing keys of the cloud, which vouch for the first key set. */
  readonly signingKeys: () => Promise<
    readonly { readonly kid: number; readonly publicKey: string }[]
  >
}

export type EnrolCode = { readonly code: string; readonly expires: Instant }

/** A new code for a station, shown this once; undefined when there is no such station. */
export async function giveEnrolCode(
  { enrolments, clock, ids, hashCode }: EnrolDeps,
  stationNo: number,
): Promise<EnrolCode | undefined> {
  const code = enrolCodeOf(randomBytes(ids, 12))
  const expires = codeExpires(clock.now())
  const hash = hashCode(stationNo, code)
  const put = await enrolments.putCode(stationNo, { hash, expires })
  return put ? { code, expires } : undefined
}

export type EnrolAsk = {
  readonly station: number
  readonly code: string
  readonly publicKey: string
  readonly wrapKey: string
  readonly sig: string
}

export type Enrolled = {
  readonly kid: number
  readonly keys: readonly { readonly kid: number; readonly publicKey: string }[]
  /** K_station wrapped to the station's key. */
  readonly wrapped: string
  readonly serverTime: Instant
}

export type EnrolDenied = EnrolNo | 'malformed'

/**
 * Takes a station's keys over for a code (sync.md 5.3). Each enrolment makes a new K_station and
 * ends the sessions of the keys before: the usual reason for a second one is a node that is gone.
 */
export async function enrolStation(
  deps: EnrolDeps,
  ask: EnrolAsk,
): Promise<Result<Enrolled, EnrolDenied>> {
  const keys = await deps.signingKeys()
  const enrolled = await deps.enrolments.transact(ask.station, (tx) => enrolIn(deps, tx, ask))
  if (enrolled === undefined) return err('unauthorised')
  return enrolled.ok ? ok({ ...enrolled.value, keys }) : enrolled
}

async function enrolIn(
  { clock, ids, verify, hashCode, wrap }: EnrolDeps,
  tx: EnrolTx,
  ask: EnrolAsk,
): Promise<Result<Omit<Enrolled, 'keys'>, EnrolDenied>> {
  const { station, publicKey, wrapKey } = ask
  const now = clock.now()
  const decided = decideEnrolment(tx.code, {
    now,
    codeFits: tx.code?.hash === hashCode(station, normaliseEnrolCode(ask.code)),
    signatureFits: verify(publicKey, enrolText(ask), ask.sig),
  })
  if (!decided.ok) {
    if (decided.error.countsAsTry) await tx.countTry()
    return err(decided.error.no)
  }
  const secret = randomBytes(ids, 32)
  const wrapped = wrap({ station, secret, wrapKey })
  if (!wrapped.ok) return wrapped
  const kid = nextKid(tx.lastKid)
  await tx.enrol({ kid, publicKey, wrapKey, secret, at: now })
  return ok({ kid, wrapped: wrapped.value, serverTime: now })
}

/** K_station wrapped anew for a station that has lost it; undefined before enrolment. */
export async function wrappedKeyOf(
  { enrolments, wrap }: Pick<EnrolDeps, 'enrolments' | 'wrap'>,
  stationNo: number,
): Promise<string | undefined> {
  const key = await enrolments.keyOf(stationNo)
  const wrapped = key && wrap({ station: stationNo, ...key })
  return wrapped?.ok === true ? wrapped.value : undefined
}

function randomBytes(ids: IdSource, count: number): Uint8Array {
  return present(bytesOfHex(ids.hex(count)), 'hex of random bytes')
}
