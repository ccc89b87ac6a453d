import { ledgerOps, type LedgerOpBody, type LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import type { PulledOp } from '../../../ports/rollback.ts'

/** A ledger op of any kind as the contract reads it. */
export type ReadOp = {
  readonly [K in LedgerOpKind]: {
    readonly kind: K
    readonly body: LedgerOpBody<K>
    readonly ref: number
    /** Station time of the fact, milliseconds since 1970, and monotonic time of its boot. */
    readonly at: number
    readonly mono: number
  }
}[LedgerOpKind]

/** Undefined for a kind or a body that this version does not know: the line is kept all the same. */
export function readOp({ raw }: Pick<PulledOp, 'raw'>): ReadOp | undefined {
  const line = opLine.safeParse(parsed(raw))
  if (!line.success || !isKind(line.data.k)) return undefined
  const { k: kind, e: ref, t: at, m: mono, b } = line.data
  const body = ledgerOps[kind].safeParse(b)
  // Kind and body were parsed by the same schema; the compiler cannot follow that through the key.
  return body.success ? ({ kind, body: body.data, ref, at, mono } as ReadOp) : undefined
}

function isKind(kind: string): kind is LedgerOpKind {
  return Object.hasOwn(ledgerOps, kind)
}

function parsed(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw))
  } catch {
    return undefined
  }
}
