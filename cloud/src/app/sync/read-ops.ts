import { ledgerOps, type LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import type { OpKind, StationOp, UnreadOp } from '../../domain/sync/station-op.ts'

/** One line of a batch as it was received, with as much of it as could be read. */
export type ReadLine = {
  readonly raw: Uint8Array
  /** Null when the line is no op at all: it stands where it stands. */
  readonly seq: number | null
  readonly kind: string
  readonly entityRef: number | null
  /** Station wall clock, uncorrected. */
  readonly wallMs: number | null
  readonly content: unknown
}

/** Kinds are words; anything else is kept as `?`, so that it fits a column. */
const kindForm = /^[a-z0-9_.]{1,40}$/

/** Reads one line's envelope; its body is read by {@link readOp}. Never throws. */
export function readLine(raw: Uint8Array): ReadLine {
  const parsed = opLine.safeParse(parseJson(raw))
  if (!parsed.success) {
    return { raw, seq: null, kind: '?', entityRef: null, wallMs: null, content: undefined }
  }
  const { s, k, e, t, b } = parsed.data
  const kind = kindForm.test(k) ? k : '?'
  return { raw, seq: s, kind, entityRef: e, wallMs: t, content: b }
}

/** The typed op of a line, or the reason this cloud cannot read it (the bytes are kept). */
export function readOp(
  line: ReadLine,
  at: { readonly seq: number; readonly offsetMs: number },
): StationOp | UnreadOp {
  const { seq } = at
  if (!isKind(line.kind)) return { kind: 'unread', seq, reason: 'kind_unknown' }
  const body = ledgerOps[line.kind].safeParse(line.content)
  if (!body.success || line.wallMs === null) {
    return { kind: 'unread', seq, reason: 'body_unreadable' }
  }
  // Kind and body were parsed by one entry of the table, which the compiler cannot follow.
  return {
    kind: line.kind,
    seq,
    ref: line.entityRef ?? 0,
    atMs: line.wallMs + at.offsetMs,
    body: body.data,
  } as StationOp
}

/** Typed by the cloud's own kinds, so that a kind of the contract without a rule does not compile. */
const kinds: ReadonlySet<OpKind> = new Set(Object.keys(ledgerOps) as readonly LedgerOpKind[])

function isKind(kind: string): kind is LedgerOpKind {
  return (kinds as ReadonlySet<string>).has(kind)
}

const strictText = new TextDecoder('utf-8', { fatal: true })

function parseJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(strictText.decode(raw))
  } catch {
    return undefined
  }
}
