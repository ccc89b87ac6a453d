import { createHash } from 'node:crypto'

type Tail = { readonly seq: number; readonly chain: string }

/** Numbers lines behind a tail and gives each the chain value after it (sync.md 7.1). */
export function chained(
  lines: readonly Uint8Array[],
  tail: Tail,
): readonly { readonly seq: number; readonly raw: Uint8Array; readonly hash: string }[] {
  let hash = tail.chain
  return lines.map((raw, index) => {
    hash = createHash('sha256').update(Buffer.from(hash, 'hex')).update(raw).digest('hex')
    return { seq: tail.seq + 1 + index, raw, hash }
  })
}
