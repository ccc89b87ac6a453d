import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { millis, mono, monoAfter, type Mono } from '@baari/shared/units/time'
import {
  authorizationFor,
  readChallenge,
  type DigestChallenge,
  type DigestLogin,
} from '../protocols/http-digest/digest.ts'

export type DigestParts = { readonly ids: Pick<IdSource, 'hex'>; readonly clock: Clock }

/** A technician changes a password in minutes; a server locks a login after some tries. */
const deniedMs = millis(30_000)

/**
 * One login at one server: keeps the challenge, so that usually one request is enough, and counts
 * the uses of its nonce, which a server may refuse to see twice.
 */
export class DigestSession {
  readonly #login: DigestLogin
  readonly #ids: Pick<IdSource, 'hex'>
  readonly #clock: Clock
  #challenge: DigestChallenge | null = null
  #count = 0
  #deniedUntil: Mono = mono(0)

  constructor(login: DigestLogin, { ids, clock }: DigestParts) {
    this.#login = login
    this.#ids = ids
    this.#clock = clock
  }

  /** The login was refused a moment ago; trying on could lock it. */
  get denied(): boolean {
    return this.#deniedUntil > this.#clock.mono()
  }

  /** The header for the next request; null before the server has asked for one. */
  authorization(method: string, uri: string): string | null {
    const challenge = this.#challenge
    if (challenge === null) return null
    this.#count += 1
    const cnonce = this.#ids.hex(16)
    return authorizationFor(challenge, this.#login, { method, uri, cnonce, count: this.#count })
  }

  /**
   * The server said 401. True when the request is worth another try: it is asked for the first
   * time, or its nonce became old. Otherwise the login is wrong, and is not tried for a while.
   */
  challenged(headers: readonly string[], sent: string | null): boolean {
    const challenge = readChallenge(headers)
    this.#challenge = challenge
    this.#count = 0
    const again = challenge !== null && (sent === null || challenge.stale)
    if (!again) this.#deniedUntil = monoAfter(this.#clock.mono(), deniedMs)
    return again
  }
}
