import { keySetBody } from '@baari/shared/contracts/sync/key-set'
import { acceptKeySet, type KeySet, type TokenKey } from '@baari/shared/domain/keys/key-set'
import type { KeySetRow } from '../../ports/key-sets.ts'

export type KeySetRefused = { readonly version: number; readonly reason: string }

export type FollowedKeySets = {
  readonly held: KeySet | undefined
  readonly refused: readonly KeySetRefused[]
}

export type KeySetCheck = {
  /** Keys given at enrolment; they vouch for the first set. */
  readonly anchors: readonly Pick<TokenKey, 'kid' | 'publicKey'>[]
  readonly verify: (claim: {
    readonly publicKey: string
    readonly message: Uint8Array
    readonly signature: Uint8Array
  }) => boolean
}

const encoder = new TextEncoder()

/**
 * Goes from the held set to the newest one whose chain holds: each set is signed by a key of the
 * set before it. A set that breaks the chain is refused and the last good one stays in force.
 */
export function followKeySets(
  held: KeySet | undefined,
  rows: readonly KeySetRow[],
  check: KeySetCheck,
): FollowedKeySets {
  return rows.reduce<FollowedKeySets>(
    (followed, row) => {
      const next = acceptRow(followed.held, row, check)
      return typeof next === 'string'
        ? { ...followed, refused: [...followed.refused, { version: row.version, reason: next }] }
        : { ...followed, held: next }
    },
    { held, refused: [] },
  )
}

function acceptRow(
  held: KeySet | undefined,
  { body, signature, kid }: KeySetRow,
  { anchors, verify }: KeySetCheck,
): KeySet | string {
  const next = parsed(body)
  if (!next) return 'the body is no key set'
  const signer = [...(held?.keys ?? []), ...anchors].find((key) => key.kid === kid)
  if (!signer) return `kid ${kid} is not known from before`
  const claim = {
    publicKey: signer.publicKey,
    message: encoder.encode(body),
    signature: bytesOf(signature),
  }
  if (!verify(claim)) return 'the signature is wrong'
  const accepted = acceptKeySet(held, next)
  return accepted.ok ? accepted.value : accepted.error.detail
}

function parsed(body: string): KeySet | undefined {
  try {
    const result = keySetBody.safeParse(JSON.parse(body))
    if (!result.success) return undefined
    // An absent station and an undefined one are the same to the rule, not to the type.
    const keys = result.data.keys.map(({ station, ...key }) =>
      station === undefined ? key : { ...key, station },
    )
    return { ...result.data, keys }
  } catch {
    return undefined
  }
}

function bytesOf(base64url: string): Uint8Array {
  const text = base64url.replaceAll('-', '+').replaceAll('_', '/')
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
