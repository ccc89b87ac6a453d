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

type Fields = ReadonlyMap<string, string>

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
    const fields = digestFields(headers.authorization ?? '')
    if (fields === null) return this.#refuse(false)
    const used = this.#uses.get(fields.get('nonce') ?? '')
    if (used === undefined) return this.#refuse(true)
    if (!this.#isRight(fields, { method, url })) return this.#refuse(false)
    const count = countIn(fields)
    if (used.has(count) || used.size >= this.#options.usesPerNonce) return this.#refuse(true)
    used.add(count)
    return { open: true }
  }

  #isRight(fields: Fields, { method, url }: { readonly method: string; readonly url: string }) {
    const { login, realm, algorithm } = this.#options
    const [nonce = '', cnonce = ''] = [fields.get('nonce'), fields.get('cnonce')]
    const challenge = { realm, nonce, opaque: null, algorithm, qop: 'auth', stale: false } as const
    const use = { method, uri: url, cnonce, count: countIn(fields) }
    const named = fields.get('username') === login.user && fields.get('uri') === url
    return named && fields.get('response') === digestResponse(challenge, login, use)
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

function countIn(fields: Fields): number {
  return Number.parseInt(fields.get('nc') ?? '', 16)
}
