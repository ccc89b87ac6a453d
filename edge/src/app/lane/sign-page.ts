/** What a lane's sign says; the hardware's page in the station's words. */
export type SignPage =
  | { readonly kind: 'blank' }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'calls'
      readonly calls: readonly { readonly label: string; readonly position: number }[]
    }

/** A position as the station's view shows it. */
export type CalledPlace = {
  readonly no: number
  readonly lane: number
  readonly state: string
  readonly calledAtMs: number | null
  readonly ticket: { readonly label: string } | null
}

/**
 * The calls into a lane, the newest first. Under an all-stop nobody is waved in: the sign says
 * closed whatever was called before.
 */
export function signPage(
  lane: number,
  facts: { readonly positions: readonly CalledPlace[]; readonly tripped: boolean },
): SignPage {
  if (facts.tripped) return { kind: 'closed' }
  const called = facts.positions
    .filter((position) => position.lane === lane && position.state === 'called')
    .toSorted((a, b) => (b.calledAtMs ?? 0) - (a.calledAtMs ?? 0))
  const calls = called.flatMap(({ ticket, no }) =>
    ticket === null ? [] : [{ label: ticket.label, position: no }],
  )
  return calls.length === 0 ? { kind: 'blank' } : { kind: 'calls', calls }
}
