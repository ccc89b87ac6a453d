/** A signed key set as it came through the shape. */
export type KeySetRow = {
  readonly version: number
  readonly body: string
  /** Ed25519 over the body's UTF-8 bytes, base64url. */
  readonly signature: string
  readonly kid: number
}

export type KeySets = {
  /** Sets above a version, oldest first, at most 50. */
  above(version: number): readonly KeySetRow[]
}

export type KeySetSlot = { readonly keySets: KeySets }
