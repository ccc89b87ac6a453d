import type { DigestSet } from '@baari/shared/domain/sync/digest-rows'

/** Where an op stands in the station's streams. */
export type OpPlace = { readonly epoch: string; readonly stream: 'ledger'; readonly seq: number }

export type FoundRow = {
  readonly set: DigestSet
  readonly day: number
  readonly key: string
  /** Hashes on both sides; null where a side has no such row. */
  readonly here: string | null
  readonly there: string | null
  readonly mended: boolean
}

/**
 * What one comparison with the cloud found: `equal` at once, `repaired` when rows differed and do
 * no more, `differs` when a person has to look.
 */
export type ProofRecord = {
  readonly outcome: 'equal' | 'repaired' | 'differs'
  /** First and last day compared. */
  readonly from: number
  readonly to: number
  readonly rows: number
  /** Days whose kept digest did not fit the rows of this file. */
  readonly drifted: number
  readonly found: readonly FoundRow[]
}

/** What one comparison found by itself. */
export type Findings = Pick<ProofRecord, 'from' | 'to' | 'rows' | 'found'> & {
  /** More rows differ than were looked at. */
  readonly more: boolean
}

/** What earlier comparisons put right before the line failed them. */
export type Untold = Pick<ProofRecord, 'drifted' | 'found'>

/** Rows one proof names and mends; more of them is no flipped bit, and a person decides. */
export const foundMax = 20

/** Days of one comparison: as long as ops are kept for repair (sync.md section 4.2). */
export const proofDays = 35
/** Days compared after the link came back: what a night without it can have touched. */
export const shortProofDays = 3

export type ProofWhy = 'daily' | 'reconnect'

/** First and last day a proof looks at by itself; days that changed before them are added. */
export function spanOfProof(
  why: ProofWhy,
  today: number,
): { readonly from: number; readonly to: number } {
  const days = why === 'daily' ? proofDays : shortProofDays
  return { from: today - days + 1, to: today + 1 }
}

/**
 * Two sides may be compared only while they hold the same ops: everything is sent, and the cloud
 * has applied exactly as much.
 */
export function comparable(
  own: { readonly seq: number; readonly acked: number },
  cloudSeq: number | null,
): boolean {
  return own.seq === own.acked && own.seq === cloudSeq
}

/**
 * The proof to keep: what was found now, and what was put right earlier and never told. Of more rows
 * than one proof names those that a person has to look at come first.
 */
export function recordOf({ more, ...now }: Findings, earlier: Untold): ProofRecord {
  const again = new Set(now.found.map(sameRow))
  const found = [...now.found, ...earlier.found.filter((row) => !again.has(sameRow(row)))]
  const named = found.toSorted((a, b) => Number(a.mended) - Number(b.mended)).slice(0, foundMax)
  return { ...now, outcome: outcomeOf(found, more), drifted: earlier.drifted, found: named }
}

function sameRow({ set, day, key }: FoundRow): string {
  return `${set}/${day}/${key}`
}

/** All that was found has to be mended for the days to be equal. */
function outcomeOf(found: readonly FoundRow[], more: boolean): ProofRecord['outcome'] {
  if (found.length === 0 && !more) return 'equal'
  return more || found.some(({ mended }) => !mended) ? 'differs' : 'repaired'
}
