import { createHash } from 'node:crypto'

/** What a server asks for in one `WWW-Authenticate: Digest` (RFC 7616 section 3.3). */
export type DigestChallenge = {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | null
  readonly algorithm: DigestAlgorithm
  /** Without `qop` the server is of RFC 2069; it then gets no count and no nonce of ours. */
  readonly qop: 'auth' | null
  /** The login was right, its nonce too old: answering anew needs no person. */
  readonly stale: boolean
}

const hashes = { MD5: 'md5', 'SHA-256': 'sha256' } as const
export const digestAlgorithms = ['SHA-256', 'SHA-256-sess', 'MD5', 'MD5-sess'] as const
export type DigestAlgorithm = (typeof digestAlgorithms)[number]

export type DigestLogin = { readonly user: string; readonly password: string }

/** The request that is vouched for, with what makes this answer different from every other. */
export type DigestUse = {
  readonly method: string
  /** Path and query, as in the request line. */
  readonly uri: string
  /** Our own random text, without quotes. */
  readonly cnonce: string
  /** How often this nonce was used, from 1. */
  readonly count: number
}

/** Longest header read; a challenge has about 200 characters. */
const longestHeader = 4_096
const field = /([A-Za-z][A-Za-z0-9-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g

/**
 * The challenge to answer among those of a reply: the server lists the one it likes best first
 * (RFC 7616 section 3.7). Null when none is Digest in a form we know.
 */
export function readChallenge(headers: readonly string[]): DigestChallenge | null {
  for (const header of headers.flatMap(challengesIn)) {
    const challenge = challengeOf(header)
    if (challenge !== null) return challenge
  }
  return null
}

/** Value of the `Authorization` header for one request. */
export function authorizationFor(
  challenge: DigestChallenge,
  login: DigestLogin,
  use: DigestUse,
): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge
  const parts = [
    `username=${quoted(login.user)}`,
    `realm=${quoted(realm)}`,
    `uri=${quoted(use.uri)}`,
    `algorithm=${algorithm}`,
    `nonce=${quoted(nonce)}`,
    ...(qop === null ? [] : [`nc=${hexCount(use.count)}`, `cnonce=${quoted(use.cnonce)}`]),
    ...(qop === null ? [] : [`qop=${qop}`]),
    `response="${digestResponse(challenge, login, use)}"`,
    ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
  ]
  return `Digest ${parts.join(', ')}`
}

/** The `response` of RFC 7616 section 3.4.1, in lower-case hex. */
export function digestResponse(
  { realm, nonce, algorithm, qop }: DigestChallenge,
  { user, password }: DigestLogin,
  { method, uri, cnonce, count }: DigestUse,
): string {
  const hash = hashOf(algorithm)
  const login = hash(`${user}:${realm}:${password}`)
  const a1 = algorithm.endsWith('-sess') ? hash(`${login}:${nonce}:${cnonce}`) : login
  const a2 = hash(`${method}:${uri}`)
  return qop === null
    ? hash(`${a1}:${nonce}:${a2}`)
    : hash(`${a1}:${nonce}:${hexCount(count)}:${cnonce}:${qop}:${a2}`)
}

/** Fields of a `Digest …` header by their lower-case name; null for another scheme. */
export function digestFields(header: string): ReadonlyMap<string, string> | null {
  if (header.length > longestHeader || !/^digest\s/i.test(header)) return null
  const fields = new Map<string, string>()
  for (const [, name = '', text, token] of header.slice('digest'.length).matchAll(field)) {
    fields.set(name.toLowerCase(), text?.replaceAll(/\\(.)/g, '$1') ?? token ?? '')
  }
  return fields
}

/** `Digest a, Digest b, Basic c` in one header are three challenges. */
function challengesIn(header: string): readonly string[] {
  return header.slice(0, longestHeader).split(/,\s*(?=[A-Za-z]+\s+[A-Za-z-]+\s*=)/)
}

function challengeOf(header: string): DigestChallenge | null {
  const fields = digestFields(header.trim())
  const realm = fields?.get('realm')
  const nonce = fields?.get('nonce')
  if (fields === null || realm === undefined || nonce === undefined) return null
  const algorithm = algorithmNamed(fields.get('algorithm') ?? 'MD5')
  const qop = protectionIn(fields.get('qop'))
  if (algorithm === undefined || qop === undefined) return null
  const opaque = fields.get('opaque') ?? null
  const stale = fields.get('stale')?.toLowerCase() === 'true'
  return { realm, nonce, opaque, algorithm, qop, stale }
}

/** Null for a server that names none; undefined where it offers only what we do not do. */
function protectionIn(offered: string | undefined): 'auth' | null | undefined {
  if (offered === undefined) return null
  return offered.split(/\s*,\s*/).includes('auth') ? 'auth' : undefined
}

function algorithmNamed(name: string): DigestAlgorithm | undefined {
  return digestAlgorithms.find((one) => one.toLowerCase() === name.toLowerCase())
}

function hashOf(algorithm: DigestAlgorithm): (text: string) => string {
  const name = algorithm.startsWith('MD5') ? hashes.MD5 : hashes['SHA-256']
  return (text) => createHash(name).update(text, 'utf8').digest('hex')
}

function hexCount(count: number): string {
  return count.toString(16).padStart(8, '0')
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
