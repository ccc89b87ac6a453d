import type { NextHash } from '../../domain/sync/check-batch.ts'
import { readBody } from './read-ops.ts'
import type { Batch } from './receive-batch.ts'

/**
 * Does of a batch what needs no database: reads every line and reckons the chain from where the
 * station says it begins. What it gives is the same hash, remembered where it was reckoned.
 */
export function readAhead({ lines, prevChain, stream }: Batch, nextHash: NextHash): NextHash {
  const links = new Map<Uint8Array, { readonly previous: string; readonly next: string }>()
  let chain = prevChain
  for (const line of lines) {
    const next = nextHash(chain, line.raw)
    links.set(line.raw, { previous: chain, next })
    chain = next
    readBody(line, stream)
  }
  return (previous, raw) => {
    const link = links.get(raw)
    return link?.previous === previous ? link.next : nextHash(previous, raw)
  }
}
