import { z } from 'zod'
import { instantField } from '../scalars.ts'
import { ledgerOps } from './ops.ts'
import type { Stream } from './session.ts'

/**
 * Bodies of the ops of the three streams beside the ledger (sync.md 4.2). They need no entity: an
 * alarm and a state name what they are about by words, a reading by its device.
 */

/** `position 2`, `lel-1`: what an alarm is about; empty for the station itself. */
const subject = z.string().max(80)
const code = z.string().regex(/^[a-z0-9_.]{1,60}$/)

/** The part of the node that raised it. */
export const alarmSources = [
  'safety',
  'position',
  'line',
  'device',
  'inlet',
  'disk',
  'clock',
  'uplink',
  'shape',
  'telemetry',
  'backup',
  'keys',
] as const

const alarm = { source: z.enum(alarmSources), code, subject }

export const alarmOps = {
  /** `count` raises since it was last told; a repeated alarm is told at most once an hour. */
  'alarm.raised': z.object({ ...alarm, detail: z.string().max(400), count: z.int().min(1) }),
  'alarm.cleared': z.object({ ...alarm, raisedAtMs: instantField }),
} as const

const stateScalar = z.union([z.string().max(200), z.int(), z.boolean(), z.null()])

export const stateKey = z.string().regex(/^[a-z0-9_.:/-]{1,80}$/)
/** Null: the key is no more. At most 32 integers, words and truths under names. */
export const stateValue = z
  .record(z.string().max(40), stateScalar)
  .refine((value) => Object.keys(value).length <= 32)
  .nullable()

/** State key under which a station tells its class minutes, in milli-minutes by class. */
export const classMinutesKey = 'class_minutes'

/** State keys the driver page reads: the wait of a walk-in, the line, the gas, each position. */
export const waitKey = 'walk_in_wait'
export const queueKey = 'queue'
export const gasKey = 'gas'
/** How the rule stands: booked starts in a row, and since when the oldest walk-in waits. */
export const ruleKey = 'rule'
/** Code of the alarm of a position that stands idle while a vehicle that fits it waits. */
export const idleWithQueue = 'idle_with_queue'
export const positionKey = (no: number): string => `position/${no}`

export const stateOps = {
  /** The latest value of a key; values between two batches are never told. */
  'state.set': z.object({ key: stateKey, value: stateValue }),
} as const

export const telemetryOps = {
  /**
   * One stored message of a device; the names are short because there are millions. `f` is the
   * station's telemetry file and `i` the message's number in it: together its identity, also over
   * epochs. `p` is the payload as text, because devices measure in fractions.
   */
  reading: z.object({
    f: z.string().regex(/^[0-9a-f]{8,32}$/),
    i: z.int().min(1),
    class: z.string().max(64),
    device: z.string().max(64),
    type: z.enum(['birth', 'data', 'event', 'ack', 'death']),
    boot: z.string().max(64).nullable(),
    n: z.int().nullable(),
    /** The device's own clock. */
    at: z.int().nullable(),
    p: z.string().max(16_384),
  }),
} as const

export const streamOps = {
  ledger: ledgerOps,
  alarm: alarmOps,
  state: stateOps,
  telemetry: telemetryOps,
} as const satisfies { readonly [S in Stream]: Readonly<Record<string, z.ZodType>> }

export type AlarmSource = (typeof alarmSources)[number]
export type AlarmOpKind = keyof typeof alarmOps
export type AlarmOpBody<K extends AlarmOpKind> = z.output<(typeof alarmOps)[K]>
export type StateValue = z.output<typeof stateValue>
