import type { Result } from '@baari/shared/faults/result'
import type { Instant } from '@baari/shared/units/time'
import type { EnrolCodeState } from '../domain/sync/decide-enrolment.ts'

/** A station as it enrols. Keys are base64url, 32 bytes each. */
export type EnrolledStation = {
  readonly kid: number
  readonly publicKey: string
  readonly wrapKey: string
  /** K_station, 32 bytes; sealed before it is stored. */
  readonly secret: Uint8Array
  readonly at: Instant
}

/** What enrolling reads and writes, inside one transaction that holds the station's code. */
export type EnrolTx = {
  /** The newest code; undefined when none was given. `hash` is lower-case hex. */
  readonly code: (EnrolCodeState & { readonly hash: string }) | undefined
  /** Key number of the last enrolment. */
  readonly lastKid: number | null
  countTry(): Promise<void>
  /** Takes the keys over, spends the code and ends every session opened with the keys before. */
  enrol(station: EnrolledStation): Promise<void>
}

export type Enrolments = {
  /** Replaces the station's code; false when there is no such station. */
  putCode(
    stationNo: number,
    code: { readonly hash: string; readonly expires: Instant },
  ): Promise<boolean>
  /** Commits whatever `work` wrote, a counted try too; undefined when there is no such station. */
  transact<T>(stationNo: number, work: (tx: EnrolTx) => Promise<T>): Promise<T | undefined>
  /** Undefined before enrolment. */
  keyOf(
    stationNo: number,
  ): Promise<{ readonly wrapKey: string; readonly secret: Uint8Array } | undefined>
}

/** K_station in the form of `codecs/wrapped-secret`; `malformed` for a key that is no point. */
export type WrapForStation = (given: {
  readonly station: number
  readonly secret: Uint8Array
  /** X25519, base64url. */
  readonly wrapKey: string
}) => Result<string, 'malformed'>
