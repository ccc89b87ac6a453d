import {
  delayOfWindow,
  delayText,
  type DelayRaised,
} from '@baari/shared/domain/dispatch/delay-amendment'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { delayWindows } from '@baari/shared/domain/dispatch/place-in-queue'
import { raisedDelay } from '@baari/shared/domain/dispatch/station-delay'
import { istDay } from '@baari/shared/units/ist-calendar'
import {
  dayNumber,
  elapsed,
  millis,
  minutes,
  type Instant,
  type Millis,
} from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { StationDelay } from '../../ports/station-delays.ts'
import { loadQueue, momentOf, saveQueue } from '../queue/queue-state.ts'
import { settingsOf } from './settings-of.ts'

type Tx = Pick<LedgerTx, 'queue' | 'station' | 'serviceTimes'>
type DelayTx = Tx & Pick<LedgerTx, 'delays'>

/** The station is seen to be late every few seconds; one word a minute is enough on the disk. */
const notedEvery = minutes(1)

/** How late the station is now, in steps of five minutes; 0 while every window will be kept. */
export function latenessNow(tx: Tx, state: DispatchState, now: Instant): Millis {
  const moment = { ...momentOf(tx, now), meanService: meanTurn(tx, state) }
  return raisedDelay(state, millis(0), moment)
}

/** Mean time at a position of those who are here, by the station's own class minutes. */
function meanTurn({ serviceTimes }: Tx, { vehicles }: DispatchState): Millis {
  const times = serviceTimes.classMinutes()
  const work = vehicles.reduce((sum, { vehicleClass }) => sum + times[vehicleClass], 0)
  const mean = vehicles.length === 0 ? times.car : work / vehicles.length
  return millis((mean * minutes(1)) / 1_000)
}

/** What was told for the IST days whose tokens may still be used: this one and the last. */
export function delaysAt(tx: Pick<LedgerTx, 'delays'>, now: Instant): readonly StationDelay[] {
  const today = istDay(now)
  return tx.delays.of([dayNumber(today - 1), today])
}

/**
 * After every round of the rule: a forecast start past its promise raises the delay of this IST day,
 * and the windows of those who wait move with it. It never falls within the day.
 */
export function watchDelay(
  tx: DelayTx,
  state: DispatchState,
  { now }: CommandContext,
): DispatchState {
  const late = latenessNow(tx, state, now.at)
  if (late === 0) return state
  const day = istDay(now.at)
  const known = tx.delays.of([day]).at(-1)
  if (late > (known?.delayMs ?? 0)) return raise(tx, state, { late, at: now.at })
  if (known !== undefined && elapsed(known.lateUntil, now.at) >= notedEvery) {
    tx.delays.stillLate(day, now.at)
  }
  return state
}

function raise(
  { delays }: DelayTx,
  state: DispatchState,
  { late, at }: { readonly late: Millis; readonly at: Instant },
): DispatchState {
  const day = istDay(at)
  const known = delays.of([day]).at(-1)?.delayMs ?? 0
  delays.add({ day, delayMs: late, fromMs: at, lateUntil: at })
  return delayWindows(state, millis(late - known), at)
}

/** Raises the delay to a figure somebody gives; one that is lower than what was told changes nothing. */
export function raiseDelay(
  tx: DelayTx,
  { delayMs }: { readonly delayMs: Millis },
  { now }: CommandContext,
): { readonly delayMs: Millis } {
  const known = delayOfWindow(delaysAt(tx, now.at), now.at)
  if (delayMs <= known) return { delayMs: known }
  const before = loadQueue(tx)
  saveQueue(tx, before, raise(tx, before, { late: delayMs, at: now.at }))
  return { delayMs }
}

export type UnsignedDelays = {
  readonly raised: readonly DelayRaised[]
  /** What the station's key signs of each. */
  readonly texts: readonly string[]
}

export function unsignedDelays(
  tx: Pick<LedgerTx, 'delays' | 'station'>,
  _input: object,
  _context: CommandContext,
): UnsignedDelays {
  const raised = tx.delays.unsigned()
  const { no } = settingsOf(tx)
  return { raised, texts: raised.map((one) => delayText(no, one)) }
}

export type SignDelay = {
  readonly raised: DelayRaised
  readonly kid: number
  readonly sig: string
}

/** Keeps the signature and tells the cloud, once: the amendment of the day's tokens is complete. */
export function signDelay(
  tx: Pick<LedgerTx, 'delays' | 'outbox'>,
  { raised, kid, sig }: SignDelay,
  _context: CommandContext,
): { readonly signed: boolean } {
  if (!tx.delays.sign(raised, { kid, sig })) return { signed: false }
  const { day, delayMs, fromMs } = raised
  tx.outbox.append({
    kind: 'delay.raised',
    entity: { type: 'station', uuid: '' },
    body: { day, delayMs, fromMs, kid, sig },
  })
  return { signed: true }
}
