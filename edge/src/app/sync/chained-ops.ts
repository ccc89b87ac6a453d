import { erasedLine } from '@baari/shared/contracts/sync/uplink'
import { createHash } from 'node:crypto'

type Tail = { readonly seq: number; readonly chain: string }

/**
 * Numbers lines behind a tail and gives each the chain value after it (sync.md 7.1). In place of
 * bytes that were erased as personal data the cloud gives the value they had; nothing is left of
 * such a line but its number.
 */
export function chained(
  lines: readonly Uint8Array[],
  tail: Tail,
): readonly { readonly seq: number; readonly raw: Uint8Array; readonly hash: string }[] {
  let hash = tail.chain
  return lines.map((raw, index) => {
    const seq = tail.seq + 1 + index
    const erased = erasedOf(raw)
    if (erased?.s === seq) {
      hash = erased.h
      return { seq, raw: new Uint8Array(), hash }
    }
    hash = createHash('sha256').update(Buffer.from(hash, 'hex')).update(raw).digest('hex')
    return { seq, raw, hash }
  })
}

function erasedOf(line: Uint8Array) {
  try {
    const parsed = erasedLine.safeParse(JSON.parse(Buffer.from(line).toString('utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
