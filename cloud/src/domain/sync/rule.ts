import type { Known } from './known.ts'
import type { OpCode, OpEffect } from './op-effects.ts'
import type { OpKind, OpOf } from './station-op.ts'

/** What one op's rule says; the verdict follows from which field is there. */
export type Ruling = {
  readonly effects: readonly OpEffect[]
  /** Recorded, but it contradicts what the cloud holds: an exception is opened. */
  readonly flag?: OpCode
  /** No effect at all; never said of a physical fact. */
  readonly reject?: OpCode
  /** What the exception is about, for a person to find it. */
  readonly about?: { readonly booking?: string; readonly fill?: string; readonly detail?: string }
}

export type Rule<K extends OpKind> = (op: OpOf<K>, known: Known) => Ruling

/** The body kept as a row under the id of the entity the op names. */
export function record<K extends OpKind>(op: OpOf<K>, entity: string | null): OpEffect {
  // The row's body has the type of its own kind; the union of all kinds cannot say that.
  return {
    kind: 'record',
    fact: op.kind,
    seq: op.seq,
    atMs: op.atMs,
    entity,
    body: op.body,
  } as OpEffect
}

export function entityOf(op: OpOf<OpKind>, known: Known): string | null {
  return known.entities.get(op.ref)?.uuid ?? null
}

export function rejected(code: OpCode): Ruling {
  return { effects: [], reject: code }
}
