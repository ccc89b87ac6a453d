import type { UseState } from './known.ts'
import type { OpEffect } from './op-effects.ts'

/** One use as a batch left it, by the column names of its row. */
export type UseRow = {
  readonly booking: string
  readonly use_no: number
  readonly state: UseState
  readonly lane: number | null
  readonly verdict: string | null
  readonly ticket: string | null
  readonly rev: number | null
  readonly fill: string | null
  readonly offline: boolean
  readonly forced: boolean
  readonly force_sent: boolean
  readonly seq: number
  readonly at_ms: number
}

/**
 * The record of a check-in op comes right before its use: what a claim tells (lane, verdict) stays
 * with the use when it is redeemed or released later in the batch.
 */
export function foldUses(effects: readonly OpEffect[]): readonly UseRow[] {
  const rows = new Map<string, UseRow>()
  let told: ClaimTold = nothingTold
  for (const effect of effects) {
    if (effect.kind === 'record') told = toldBy(effect)
    if (effect.kind !== 'use') continue
    const key = `${effect.booking}/${effect.useNo}`
    const before = rows.get(key)
    const claim = told.lane === null && before !== undefined ? before : told
    rows.set(key, {
      ...claim,
      seq: told.seq,
      booking: effect.booking,
      use_no: effect.useNo,
      state: effect.state,
      ticket: effect.ticket,
      fill: effect.fill,
      forced: effect.forced || (before?.forced ?? false),
    })
  }
  return [...rows.values()]
}

type ClaimTold = Pick<
  UseRow,
  'lane' | 'verdict' | 'rev' | 'offline' | 'force_sent' | 'seq' | 'at_ms'
>

const nothingTold: ClaimTold = {
  lane: null,
  verdict: null,
  rev: null,
  offline: false,
  force_sent: false,
  seq: 0,
  at_ms: 0,
}

function toldBy(effect: Extract<OpEffect, { kind: 'record' }>): ClaimTold {
  const { seq, atMs } = effect
  if (effect.fact !== 'checkin.claimed') return { ...nothingTold, seq, at_ms: atMs }
  const { lane, verdict, rev, offline, forced } = effect.body
  return { lane, verdict, rev, offline, force_sent: forced, seq, at_ms: atMs }
}
