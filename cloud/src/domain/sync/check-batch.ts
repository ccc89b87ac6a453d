/** Where the cloud's copy of one stream ends: the last applied seq and the chain value after it. */
export type Head = { readonly seq: number; readonly chain: string }

/** What the chain of a batch needs: the same hash on both sides, given by the adapter. */
export type NextHash = (previous: string, line: Uint8Array) => string

export type BatchLines = {
  /** Seq of the first line; line i has seq `first + i`. */
  readonly first: number
  /** Chain value before the first line, as the station has it. */
  readonly prevChain: string
  readonly lines: readonly { readonly seq: number | null; readonly raw: Uint8Array }[]
}

export type StoredHashes = ReadonlyMap<number, string>

export type BatchCheck =
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'fork'; readonly forkAt: number }
  | {
      readonly kind: 'fits'
      /** Lines at or below the head, byte for byte what the cloud has. */
      readonly duplicates: number
      /** Chain value after each line that is new, in order. */
      readonly hashes: readonly string[]
      readonly chain: string
    }

/**
 * Joins a batch to the head of its stream (sync.md 5.3 and 7.1). A batch may overlap what is
 * already applied, but only with the same bytes; it may never leave a hole. `stored` holds the
 * chain values from `first - 1` up to the head (the value at seq 0 is the chain's start).
 */
export function checkBatch(
  head: Head,
  batch: BatchLines,
  { stored, nextHash }: { readonly stored: StoredHashes; readonly nextHash: NextHash },
): BatchCheck {
  const expected = head.seq + 1
  if (batch.first > expected || !isDense(batch)) return { kind: 'gap', expected }
  const before = batch.first - 1
  if (chainAt(before, { head, stored }) !== batch.prevChain) {
    return { kind: 'fork', forkAt: batch.first }
  }
  const hashes: string[] = []
  let chain = batch.prevChain
  for (const [index, line] of batch.lines.entries()) {
    const seq = batch.first + index
    chain = nextHash(chain, line.raw)
    if (seq > head.seq) hashes.push(chain)
    else if (chainAt(seq, { head, stored }) !== chain) return { kind: 'fork', forkAt: seq }
  }
  const duplicates = batch.lines.length - hashes.length
  return { kind: 'fits', duplicates, hashes, chain: hashes.at(-1) ?? head.chain }
}

/** A line that cannot be parsed carries no seq and stands where it stands. */
function isDense({ first, lines }: BatchLines): boolean {
  return lines.every((line, index) => line.seq === null || line.seq === first + index)
}

type Known = { readonly head: Head; readonly stored: StoredHashes }

function chainAt(seq: number, { head, stored }: Known): string | undefined {
  return seq === head.seq ? head.chain : stored.get(seq)
}
