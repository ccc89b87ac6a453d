import type { AlarmSource } from '@baari/shared/contracts/sync/stream-ops'
import { before, hours } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

export type AlarmKey = {
  readonly source: AlarmSource
  readonly code: string
  /** What it is about, such as `position 2`; empty for the station. */
  readonly subject: string
}

/** An alarm that goes on and on is told once an hour, with how often it was raised meanwhile. */
const toldEvery = hours(1)
/** Alarms open at once; more means that somebody invents subjects. */
const openMax = 500
const subjectMax = 80
const detailMax = 400

type Tx = Pick<LedgerTx, 'alarms' | 'outbox'>

/** Keeps an alarm open and tells the cloud of it; a repeated one is counted. */
export function raiseAlarm(
  tx: Tx,
  { source, code, subject, detail: said }: AlarmKey & { readonly detail: string },
  { now }: CommandContext,
): { readonly told: boolean } {
  const key = { source, code, subject: subject.slice(0, subjectMax) }
  const detail = said.slice(0, detailMax)
  const open = tx.alarms.find(key)
  if (open === undefined && tx.alarms.count() >= openMax) return { told: false }
  const untold = (open?.untold ?? 0) + 1
  const quiet = open !== undefined && open.toldAt > before(now.at, toldEvery)
  const since = open?.since ?? now.at
  if (quiet) {
    tx.alarms.save({ ...key, detail, since, toldAt: open.toldAt, untold })
    return { told: false }
  }
  tx.alarms.save({ ...key, detail, since, toldAt: now.at, untold: 0 })
  const body = { ...key, detail, count: untold }
  tx.outbox.tell({ stream: 'alarm', kind: 'alarm.raised', body })
  return { told: true }
}

/** The cause is gone. An alarm that is not open needs no word. */
export function clearAlarm(
  tx: Tx,
  { source, code, subject }: AlarmKey,
  _context: CommandContext,
): { readonly told: boolean } {
  const key = { source, code, subject: subject.slice(0, subjectMax) }
  const open = tx.alarms.find(key)
  if (open === undefined) return { told: false }
  tx.alarms.remove(key)
  const body = { ...key, raisedAtMs: open.since }
  tx.outbox.tell({ stream: 'alarm', kind: 'alarm.cleared', body })
  return { told: true }
}

/** Sources whose alarms nobody clears: they are told once, and are over when nobody repeats them. */
const selfEnding: ReadonlySet<AlarmSource> = new Set([
  'inlet',
  'shape',
  'telemetry',
  'backup',
  'keys',
])

/**
 * An alarm that nothing ends is over an hour after it was last raised; one that was raised since
 * it was told is told again.
 */
export function sweepAlarms(
  tx: Tx,
  _input: object,
  context: CommandContext,
): { readonly cleared: number } {
  const due = tx.alarms
    .toldBefore(before(context.now.at, toldEvery))
    .filter(({ source }) => selfEnding.has(source))
  let cleared = 0
  for (const { source, code, subject, since, untold, detail } of due) {
    const key = { source, code, subject }
    if (untold === 0) {
      clearAlarm(tx, key, context)
      cleared += 1
      continue
    }
    tx.alarms.save({ ...key, detail, since, toldAt: context.now.at, untold: 0 })
    const body = { ...key, detail, count: untold }
    tx.outbox.tell({ stream: 'alarm', kind: 'alarm.raised', body })
  }
  return { cleared }
}
