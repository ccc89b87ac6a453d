import { z } from 'zod'
import { instantField, positionNoField, stationNoField, uuidText } from '../scalars.ts'

/** Longest time a report tells of, in days: a quarter of a year. */
export const outOfTurnDaysMax = 92

/**
 * Somebody of the station. `name` is whole for operators; an auditor sees initials. Empty for one
 * whom head office no longer knows.
 */
const staff = z.object({ id: uuidText, name: z.string() })

/** How often; `undone` of them were taken back within their minute. */
const counted = z.object({ calls: z.int().min(1), undone: z.int().min(0) })

const outOfTurnCall = z.object({
  call: uuidText,
  station: stationNoField,
  atMs: instantField,
  position: positionNoField,
  /** Sent behind a running fill. */
  staged: z.boolean(),
  kind: z.string(),
  /** The number or mark the others saw: `W-57`, `B 1234`. */
  label: z.string(),
  /** Masked: the last four; null where the station knew no plate. */
  plate: z.string().nullable(),
  vehicleClass: z.string(),
  /** One of `outOfTurnReasons`, or the code of a later station. */
  reason: z.string(),
  /** The manager's words; numbers in them are masked. */
  note: z.string().nullable(),
  attendant: staff,
  manager: staff,
  /** Heads of the queues it went past. */
  passed: z.array(
    z.object({
      queue: z.string(),
      label: z.string(),
      waitedMs: z.int(),
      windowStartMs: instantField.nullable(),
    }),
  ),
  waitingBooked: z.int(),
  waitingWalkIn: z.int(),
  /** A vehicle called there had to go back to its place. */
  displaced: z.boolean(),
  undoneAtMs: instantField.nullable(),
})

/**
 * GET /v1/operator/out-of-turn?fromMs&toMs&station → 200; `fromMs` counts, `toMs` no more. The same
 * as lines of text at /v1/operator/out-of-turn.csv, with initials for everybody.
 */
export const outOfTurnReport = z.object({
  fromMs: instantField,
  toMs: instantField,
  /** Most calls first, those that were taken back last. */
  stations: z.array(counted.extend({ station: stationNoField, name: z.string() })),
  attendants: z.array(counted.extend({ station: stationNoField, attendant: staff })),
  /** Newest first. */
  calls: z.array(outOfTurnCall),
  /** Older ones are left out of `calls`, not of the counts. */
  more: z.boolean(),
})

export type OutOfTurnCall = z.output<typeof outOfTurnCall>
export type OutOfTurnReport = z.output<typeof outOfTurnReport>
