import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import {
  digestFields,
  digestResponse,
  type DigestAlgorithm,
  type DigestLogin,
} from '../protocols/http-digest/digest.ts'

export type DigestGateOptions = {
  readonly login: DigestLogin
  readonly realm: string
  readonly algorithm: DigestAlgorithm
  /** A nonce is stale after so many uses, so that every client meets that case. */
  readonly usesPerNonce: number
}

export type GateVerdict =
  { readonly open: true } | { readonly open: false; readonly challenge: string }

const mostNonces = 64

/** The server's side of RFC 7616: lets in who knows the password, and no request twice. */
export class DigestGate {
  readonly #options: DigestGateOptions
  /** Counts used so far, by nonce. */
  readonly #uses = new Map<string, Set<number>>()

  constructor(options: DigestGateOptions) {
    this.#options = options
  }

  judge({ headers, method = '', url = '' }: IncomingMessage): GateVerdict {
    const { login, realm, algorithm, usesPerNonce } = this.#options
    const fields = digestFields(headers.authorization ?? '')
    const nonce = fields?.get('nonce') ?? ''
    const used = this.#uses.get(nonce)
    const count = Number.parseInt(fields?.get('nc') ?? '', 16)
    if (fields === null || used === undefined) return this.#refuse(fields !== null)
    const challenge = { realm, nonce, opaque: null, algorithm, qop: 'auth', stale: false } as const
    const cnonce = fields.get('cnonce') ?? ''
    const right = digestResponse(challenge, login, { method, uri: url, cnonce, count })
    const known = fields.get('username') === login.user && fields.get('uri') === url
    if (!known || fields.get('response') !== right) return this.#refuse(false)
    if (used.has(count) || used.size >= usesPerNonce) return this.#refuse(true)
    used.add(count)
    return { open: true }
  }

  #refuse(stale: boolean): GateVerdict {
    const { realm, algorithm } = this.#options
    const nonce = randomBytes(16).toString('base64')
    this.#uses.set(nonce, new Set())
    const [oldest] = this.#uses.keys()
    if (this.#uses.size > mostNonces && oldest !== undefined) this.#uses.delete(oldest)
    const text = `Digest realm="${realm}", qop="auth", algorithm=${algorithm}, nonce="${nonce}"`
    return { open: false, challenge: stale ? `${text}, stale=true` : text }
  }
}
