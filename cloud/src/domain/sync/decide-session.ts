import { err, ok, type Result } from '@baari/shared/faults/result'

/** One stream's end, as either side reports it. */
export type ReportedHead = {
  readonly stream: string
  readonly seq: number
  readonly chain: string
}

/** What the cloud knows of a station when a session is asked for. */
export type StationRecord = {
  readonly epoch: string | null
  readonly generation: number
  readonly instance: string | null
  /** Heads of the current epoch, one per stream. */
  readonly heads: readonly ReportedHead[]
}

export type SessionAsk = {
  readonly epoch: string
  readonly instance: string
  readonly prevEpoch: string | undefined
  readonly prevHeads: readonly ReportedHead[]
  /** Generation this instance was given in an earlier session, if it ever had one. */
  readonly knownGeneration: number | null
  /** True when this epoch was registered before and is not the current one. */
  readonly epochUsedBefore: boolean
}

export type SessionGrant = {
  readonly generation: number
  /** The epoch is new and its heads start at 0. */
  readonly opensEpoch: boolean
}

export type SessionConflict =
  | { readonly error: 'epoch'; readonly current: string | null }
  | { readonly error: 'fenced'; readonly generation: number }

/**
 * Who may speak for a station (sync.md section 3). A new process raises the generation and fences
 * older ones; an older one that comes back stays fenced, so two clones cannot take turns. A new
 * epoch is registered by compare-and-set against the cloud's own epoch and heads.
 */
export function decideSession(
  record: StationRecord,
  ask: SessionAsk,
): Result<SessionGrant, SessionConflict> {
  if (ask.knownGeneration !== null && ask.knownGeneration < record.generation) {
    return err({ error: 'fenced', generation: record.generation })
  }
  const generation = ask.knownGeneration ?? record.generation + 1
  if (ask.epoch === record.epoch) return ok({ generation, opensEpoch: false })
  if (ask.epochUsedBefore || !mayOpenEpoch(record, ask)) {
    return err({ error: 'epoch', current: record.epoch })
  }
  return ok({ generation, opensEpoch: true })
}

function mayOpenEpoch(record: StationRecord, ask: SessionAsk): boolean {
  if (record.epoch === null) return ask.prevEpoch === undefined
  if (ask.prevEpoch !== record.epoch) return false
  const told = new Map(ask.prevHeads.map((head) => [head.stream, head]))
  return record.heads.every((head) => {
    const other = told.get(head.stream)
    // A stream nobody has written to need not be named.
    if (other === undefined) return head.seq === 0
    return other.seq === head.seq && other.chain === head.chain
  })
}
