import type { NextHash } from '../../domain/sync/check-batch.ts'
import { readBody } from './read-ops.ts'
import type { Batch } from './receive-batch.ts'

/** Some two milliseconds of work: nobody else's answer waits longer for a batch that is only read. */
const linesAtATime = 200

/**
 * Does of a batch what needs no database: reads every line and reckons the chain from where the
 * station says it begins. What it gives is the same hash, remembered where it was reckoned.
 *
 * @param pause lets others go first; false when the batch's turn has come, and what is left is read
 *   as it is needed.
 */
export async function readAhead(
  { lines, prevChain, stream }: Batch,
  nextHash: NextHash,
  pause: () => Promise<boolean>,
): Promise<NextHash> {
  const links = new Map<Uint8Array, { readonly previous: string; readonly next: string }>()
  let chain = prevChain
  for (const [index, line] of lines.entries()) {
    if (index > 0 && index % linesAtATime === 0 && !(await pause())) break
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
