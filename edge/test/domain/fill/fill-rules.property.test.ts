import { describe, it } from 'vitest'
import fc from 'fast-check'
import { decideFill } from '../../../src/domain/fill/fill-rules.ts'
import {
  accountRow,
  booksBalance,
  installed,
  runningOf,
  type NozzleAccount,
} from '../../../src/domain/fill/fill-books.ts'
import {
  isFinal,
  type FillDecision,
  type FillEffect,
  type FillEvent,
  type FillRow,
  type FillState,
} from '../../../src/domain/fill/fill-states.ts'
import {
  deliveredOf,
  idle,
  intent,
  limits,
  opening,
  reading,
  reserve,
  sale,
} from './fill-examples.ts'

/** Any event at any time, with a meter that mostly grows and now and then jumps. */
type Draw = { readonly kind: FillEvent['kind']; readonly by: number; readonly flag: boolean }

const kinds: readonly FillEvent['kind'][] = [
  'reserve',
  'authorise',
  'acknowledged',
  'rejected',
  'unanswered',
  'nozzle-lifted',
  'nozzle-returned',
  'flow',
  'suspended',
  'resumed',
  'ended',
  'totals-read',
  'settle',
  'link-lost',
  'link-back',
  'device-fault',
  'stop',
  'cancel',
  'authorise-expired',
  'void-window',
  'trip',
]

const draws = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<FillEvent['kind']>('reserve', 'authorise') },
      { weight: 3, arbitrary: fc.constantFrom<FillEvent['kind']>('flow', 'totals-read', 'settle') },
      { weight: 2, arbitrary: fc.constantFrom(...kinds) },
    ),
    by: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 900 }) },
      { weight: 1, arbitrary: fc.integer({ min: -2_000, max: -1 }) },
    ),
    flag: fc.boolean(),
  }),
  { maxLength: 40 },
)

/** The event of one draw; the totaliser is the running sum of the draws' steps. */
function eventOf({ kind, by, flag }: Draw, total: number): FillEvent {
  if (kind === 'reserve') return reserve
  if (kind === 'authorise') return { kind, intent, reading: reading(total) }
  if (kind === 'flow') return { kind, reading: reading(total) }
  if (kind === 'device-fault') return { kind, code: 'bad_reading' }
  if (kind !== 'totals-read') return { kind }
  const fact = by % 2 === 0 ? sale(total - opening) : null
  return { kind, reading: reading(total), atRest: flag, sale: fact }
}

/** One step of a nozzle's life; a final state gives way to a nozzle at rest, as in the ledger. */
type Step = {
  readonly before: FillState
  readonly event: FillEvent
  readonly after: FillDecision
  readonly account: NozzleAccount
}

function trace(script: readonly Draw[]): readonly Step[] {
  let state: FillState = idle
  let account = installed(opening)
  let total: number = opening
  return script.map((draw) => {
    if (draw.kind === 'flow' || draw.kind === 'totals-read') total += draw.by
    const event = eventOf(draw, total)
    const before = state
    const after = decideFill(before, event, limits)
    account = rowsOf([after]).reduce((sum, row) => accountRow(sum, row), account)
    state = isFinal(after.state)
      ? { kind: 'idle', accountedGrams: account.accountedGrams }
      : after.state
    return { before, event, after, account }
  })
}

/** The run cut after each final state: in each life at most one fill is open. */
function lives(steps: readonly Step[]): readonly (readonly Step[])[] {
  return steps.reduce<readonly (readonly Step[])[]>(
    (all, step) => {
      const head = all.slice(0, -1)
      const life = [...(all.at(-1) ?? []), step]
      return isFinal(step.after.state) ? [...head, life, []] : [...head, life]
    },
    [[]],
  )
}

function rowsOf(decisions: readonly FillDecision[]): readonly FillRow[] {
  return decisions.flatMap((d) => d.effects.flatMap((e) => (e.kind === 'write' ? [e.row] : [])))
}

function count(life: readonly Step[], kind: FillEffect['kind']): number {
  return life.flatMap((step) => step.after.effects).filter((e) => e.kind === kind).length
}

function holdsInEachLife(claim: (life: readonly Step[]) => boolean): void {
  fc.assert(
    fc.property(draws, (script) => lives(trace(script)).every(claim)),
    { numRuns: 2_000 },
  )
}

function stoppedBeforeTheEnd(life: readonly Step[]): boolean {
  let live = false
  for (const { after } of life) {
    for (const effect of after.effects) {
      if (effect.kind === 'authorise') live = true
      if (effect.kind === 'stop' || effect.kind === 'close') live = false
    }
    if (isFinal(after.state) && live) return false
  }
  return true
}

/** Gas that moved under the fill's own terms, in whatever state it is now. */
function ownGas(state: FillState): number {
  return state.kind === 'orphan' ? 0 : deliveredOf(state)
}

describe('over random orders of events', () => {
  it('at most one authorise is sent per fill', () => {
    holdsInEachLife((life) => count(life, 'authorise') <= 1)
  })
  it('an authorised device is stopped or closed before the fill ends', () => {
    holdsInEachLife(stoppedBeforeTheEnd)
  })
  it('a fill is settled at most once', () => {
    holdsInEachLife(
      (life) => rowsOf(life.map((s) => s.after)).filter((r) => r.kind === 'settle').length <= 1,
    )
  })
  it('delivered is never negative and never shrinks while the fill is open', () => {
    holdsInEachLife((life) =>
      life.every(({ before, after }) => {
        const now = deliveredOf(after.state)
        const open = 'open' in before && 'open' in after.state
        return now >= 0 && (!open || now >= deliveredOf(before))
      }),
    )
  })
  it('the first gram of a fill redeems its use exactly once, and nothing else does', () => {
    holdsInEachLife((life) => {
      const moved = life.some(({ after }) => ownGas(after.state) > 0)
      return count(life, 'redeem') === (moved ? 1 : 0)
    })
  })
  it('a use is never both redeemed and released', () => {
    holdsInEachLife((life) => count(life, 'redeem') === 0 || count(life, 'release') === 0)
  })
  it('nothing authorises after a trip until a new fill is reserved', () => {
    holdsInEachLife((life) => {
      const tripped = life.findIndex(({ event }) => event.kind === 'trip')
      const later = life.slice(tripped + 1)
      const reserved = rowsOf(later.map((s) => s.after)).some((row) => row.kind === 'reserve')
      return tripped < 0 || reserved || count(later, 'authorise') === 0
    })
  })
  it('the intent row stands before the authorise in the same decision', () => {
    holdsInEachLife((life) =>
      life.every(({ after }) => {
        const sent = after.effects.findIndex((e) => e.kind === 'authorise')
        const row = after.effects.findIndex((e) => e.kind === 'write' && e.row.kind === 'intent')
        return sent < 0 || (row >= 0 && row < sent)
      }),
    )
  })
  it('settled, orphan, disputed and open add up to the totaliser after every event', () => {
    holdsInEachLife((life) =>
      life.every(({ after, account }) => booksBalance(account, runningOf(after.state))),
    )
  })
})
