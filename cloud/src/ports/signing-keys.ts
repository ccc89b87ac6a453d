import type { Instant } from '@baari/shared/units/time'
import type { CloudKey } from '../domain/keys/rotation.ts'

/** Private halves of the signing keys, kept outside the database. */
export type KeyChest = {
  /** Reads what other processes have added. */
  reload(): Promise<void>
  holds(kid: number): boolean
  /** Makes an Ed25519 pair, durable before it answers the public half, base64url. */
  make(kid: number): Promise<string>
  sign(kid: number, message: Uint8Array): Uint8Array
}

export type PublishedSet = {
  readonly version: number
  readonly body: string
  readonly signature: string
  readonly kid: number
}

export type KeyBookTx = {
  keys(): Promise<readonly CloudKey[]>
  add(key: CloudKey): Promise<void>
  newestSet(): Promise<PublishedSet | undefined>
  /** Adds a version and drops those more than a few versions old. */
  publish(set: PublishedSet): Promise<void>
  /** Forgets keys whose last token is over. */
  dropOver(now: Instant): Promise<void>
}

/** Public halves and published sets; one process at a time changes them. */
export type KeyBook = { exclusively<T>(work: (tx: KeyBookTx) => Promise<T>): Promise<T> }

/** The key in force, for whoever signs more than tokens. */
export type CloudSigner = {
  keyId(): number
  sign(keyId: number, message: Uint8Array): Uint8Array
}
