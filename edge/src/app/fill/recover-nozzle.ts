import { assert } from '@baari/shared/faults/assert'
import type { Grams } from '@baari/shared/units/mass'
import { seconds, type Millis } from '@baari/shared/units/time'
import { decideFill } from '../../domain/fill/fill-rules.ts'
import type { DeviceFacts } from '../../domain/fill/device-facts.ts'
import { lastRowOf, recoverNozzle, type Recovery } from '../../domain/fill/fill-recovery.ts'
import type { FillState } from '../../domain/fill/fill-states.ts'
import type { NozzleKey } from '../../domain/position/nozzle.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import { loadPlace, readingNow, type FillPlace, type FillTx } from './fill-place.ts'
import { storeDecision, type Stored } from './store-decision.ts'

/** How long a serial server may still hold a command that its sender has forgotten. */
export const drain = seconds(2)

export type RecoverInput = {
  readonly key: NozzleKey
  readonly rest: DeviceFacts['rest']
  /** Null when the device cannot be read. */
  readonly totaliserGrams: Grams | null
  readonly raw: string | null
  readonly runningGrams: DeviceFacts['runningGrams']
  readonly sale: DeviceFacts['sale']
  /** Since recovery of this nozzle began, by the monotonic clock. */
  readonly waitedMs: Millis
  /** The longest an intent of this station lives: trusted when the wall clock is not. */
  readonly authoriseWithinMs: Millis
  readonly mayControl: boolean
}

export type Recovered = Pick<Recovery, 'row' | 'next'> & {
  /** Tell the device to forget its authorisation, then read it again. */
  readonly stop: boolean
} & Stored

/**
 * `fill.recover`: one look at one nozzle after a restart; the caller repeats it while `next` asks.
 * Null while a file that was put back still takes over what it had lost (sync.md 7.5): the end of
 * the fill that is open in it may be among that, and the cloud would be told of two.
 */
export function recoverFill(
  tx: FillTx,
  input: RecoverInput,
  context: CommandContext,
): Recovered | null {
  if (tx.sync.rollback.plan() !== null) return null
  withdrawReserved(tx, input.key, context)
  const place = loadPlace(tx.fills, input.key)
  const facts = {
    last: lastRowOf(place.state, place.record.account.accountedGrams),
    device: deviceFacts(tx, place, { input, context }),
    waitedOut: waitedOut(place.state, input, context),
    mayControl: input.mayControl,
  }
  const { row, next, stop, decision } = recoverNozzle(facts, place.limits)
  const told = { row, next, stop: stop ?? false }
  if (decision === null) {
    return { ...told, state: place.state, nozzle: place.state, effects: [], calls: [] }
  }
  const { totaliserGrams, raw } = input
  return { ...told, ...storeDecision({ tx, context }, place, { decision, totaliserGrams, raw }) }
}

/** A reserve is stored with its intent, so this finds one only in a file from another hand. */
function withdrawReserved(tx: FillTx, key: NozzleKey, context: CommandContext): void {
  const place = loadPlace(tx.fills, key)
  if (place.state.kind !== 'reserved') return
  const decision = decideFill(place.state, { kind: 'cancel' }, place.limits)
  storeDecision({ tx, context }, place, { decision, totaliserGrams: null, raw: null })
}

function deviceFacts(
  tx: FillTx,
  { record }: FillPlace,
  { input, context }: { readonly input: RecoverInput; readonly context: CommandContext },
): DeviceFacts {
  const { rest, runningGrams, sale } = input
  const totaliserGrams = input.totaliserGrams ?? record.last.totaliserGrams
  assert(rest === 'unreadable' || input.totaliserGrams !== null, 'a readable device has totals')
  const reading = readingNow(tx.fills, record.last, { totaliserGrams, now: context.now })
  return { rest, reading, runningGrams, sale }
}

/** Row 9: drain and expiry are over. An untrusted wall clock is not asked (C01). */
function waitedOut(state: FillState, input: RecoverInput, { now }: CommandContext): boolean {
  if (input.waitedMs < drain) return false
  if (input.waitedMs >= input.authoriseWithinMs + drain) return true
  if (!('open' in state) || state.open === null) return true
  return now.trusted && now.at >= state.open.intent.expiresAt
}
