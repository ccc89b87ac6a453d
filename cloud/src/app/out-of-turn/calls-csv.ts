import type { OutOfTurnCall } from '@baari/shared/contracts/http/out-of-turn-api'
import { isoDate, istClockText, istDay } from '@baari/shared/units/ist-calendar'
import type { Instant } from '@baari/shared/units/time'

const columns: readonly (readonly [string, (call: OutOfTurnCall) => string | number])[] = [
  ['station', ({ station }) => station],
  ['date_ist', ({ atMs }) => isoDate(istDay(atMs))],
  ['time_ist', ({ atMs }) => istClockText(atMs)],
  ['position', ({ position }) => position],
  ['behind_a_fill', ({ staged }) => yesNo(staged)],
  ['vehicle', ({ label }) => label],
  ['plate', ({ plate }) => plate ?? ''],
  ['class', ({ vehicleClass }) => vehicleClass],
  ['reason', ({ reason }) => reason],
  ['note', ({ note }) => note ?? ''],
  ['attendant', ({ attendant }) => attendant.name],
  ['attendant_id', ({ attendant }) => attendant.id],
  ['manager', ({ manager }) => manager.name],
  ['manager_id', ({ manager }) => manager.id],
  ['booked_head', (call) => headText(call, 'booked')],
  ['walk_in_head', (call) => headText(call, 'walk-in')],
  ['booked_waiting', ({ waitingBooked }) => waitingBooked],
  ['walk_ins_waiting', ({ waitingWalkIn }) => waitingWalkIn],
  ['displaced', ({ displaced }) => yesNo(displaced)],
  ['undone_ist', ({ undoneAtMs }) => (undoneAtMs === null ? '' : momentText(undoneAtMs))],
]

/** RFC 4180, one line a call, times in IST; the first line names the columns. */
export function callsCsv(calls: readonly OutOfTurnCall[]): string {
  const lines = calls.map((call) => columns.map(([, cell]) => quoted(String(cell(call)))))
  const head = columns.map(([name]) => name)
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')
}

/** A sheet must not take a person's words for a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** `W-12 waited 14 min`, the head of one queue. */
function headText({ passed }: OutOfTurnCall, queue: string): string {
  const head = passed.find((one) => one.queue === queue)
  return head === undefined ? '' : `${head.label} waited ${Math.round(head.waitedMs / 60_000)} min`
}

function momentText(at: Instant): string {
  return `${isoDate(istDay(at))} ${istClockText(at)}`
}

function yesNo(yes: boolean): string {
  return yes ? 'yes' : 'no'
}
