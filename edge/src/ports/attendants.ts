import type { AttendantId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

export type Attendant = {
  readonly id: AttendantId
  readonly name: string
  readonly role: 'attendant' | 'manager'
  /** argon2id, PHC text. */
  readonly pinHash: string
}

export type PinTries = { readonly wrong: number; readonly lockedUntil: Instant | null }

export type AttendantSession = {
  /** SHA-256 (hex) of the cookie's value: a copied file opens nothing. */
  readonly sessionSha256: string
  readonly attendant: AttendantId
  readonly signedInAt: Instant
  readonly expires: Instant
}

export type Attendants = {
  /** Active ones by name. */
  list(): readonly Attendant[]
  byId(id: AttendantId): Attendant | undefined
  tries(id: AttendantId): PinTries
  saveTries(id: AttendantId, tries: PinTries): void
  /** Hex SHA-256 of a session's cookie value. */
  hash(session: string): string
  session(sessionSha256: string): AttendantSession | undefined
  addSession(session: AttendantSession): void
  dropSession(sessionSha256: string): void
  dropExpired(now: Instant): void
}
