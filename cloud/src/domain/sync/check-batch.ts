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

/** The last seq of an overlap: what a batch repeats ends here. */
export function overlapEnd(head: Head, { first, lines }: Pick<BatchLines, 'first' | 'lines'>) {
  return Math.min(head.seq, first + lines.length - 1)
}

/**
 * Joins a batch to the head of its stream (sync.md 5.3 and 7.1). A batch may overlap what is
 * already applied, but only with the same bytes; it may never leave a hole. `stored` holds the
 * chain values at `first - 1` and at the overlap's end (the value at seq 0 is the chain's start):
 * equal there means that every line before it is equal. With the values between them a fork is
 * named at its first op, without them at the overlap's end.
 */
export function checkBatch(
  head: Head,
  batch: BatchLines,
  { stored, nextHash }: { readonly stored: StoredHashes; readonly nextHash: NextHash },
): BatchCheck {
  const expected = head.seq + 1
  if (batch.first > expected || !isDense(head, batch)) return { kind: 'gap', expected }
  const before = batch.first - 1
  const end = overlapEnd(head, batch)
  if (chainAt(before, { head, stored }) !== batch.prevChain) {
    return { kind: 'fork', forkAt: batch.first }
  }
  const hashes: string[] = []
  let chain = batch.prevChain
  for (const [index, line] of batch.lines.entries()) {
    const seq = batch.first + index
    chain = nextHash(chain, line.raw)
    if (seq > head.seq) hashes.push(chain)
    else if (differs(chain, chainAt(seq, { head, stored }), seq === end)) {
      return { kind: 'fork', forkAt: seq }
    }
  }
  const duplicates = batch.lines.length - hashes.length
  return { kind: 'fits', duplicates, hashes, chain: hashes.at(-1) ?? head.chain }
}

/**
 * A line that cannot be parsed carries no seq and stands where it stands. Lines the head has are
 * not looked at: other numbers are other bytes, and those are found by the chain.
 */
function isDense(head: Head, { first, lines }: BatchLines): boolean {
  for (let index = Math.max(0, head.seq - first + 1); index < lines.length; index += 1) {
    const seq = lines[index]?.seq ?? null
    if (seq !== null && seq !== first + index) return false
  }
  return true
}

function differs(chain: string, known: string | undefined, mustBeKnown: boolean): boolean {
  return known === undefined ? mustBeKnown : known !== chain
}

type Known = { readonly head: Head; readonly stored: StoredHashes }

function chainAt(seq: number, { head, stored }: Known): string | undefined {
  return seq === head.seq ? head.chain : stored.get(seq)
}
