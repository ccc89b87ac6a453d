import { z } from 'zod'
import { alarmSeverities } from '../../domain/alarms/alarm-severity.ts'
import { instantField, positionNoField, stationNoField } from '../scalars.ts'
import { laneMode } from '../live/station-view.ts'

const liveAlarm = z.object({
  source: z.string(),
  code: z.string(),
  /** `position 2`, a device; empty for the station. */
  subject: z.string(),
  detail: z.string(),
  severity: z.enum(alarmSeverities),
  /** First raised after it was last cleared, by the station's clock put right. */
  sinceMs: instantField,
})

const livePosition = z.object({
  no: positionNoField,
  state: z.string(),
  fault: z.string().nullable(),
  /** What the lane's sign says; null for a station that does not tell. */
  mode: laneMode.nullable(),
})

/** Expected numbers: of the booked, how many will not be at a nozzle within ten minutes. */
const risk = z.object({ booked: z.number().min(0), late: z.number().min(0) })

const promiseRisk = risk.extend({
  line: risk,
  /** The next two hours; a window that has begun counts from now. */
  windows: z.array(risk.extend({ startMs: instantField })),
})

/** A station by what it told last; null where it has never told it. */
const liveStation = z.object({
  station: stationNoField,
  name: z.string(),
  open: z.boolean(),
  heardAtMs: instantField.nullable(),
  /** Not heard for five minutes: what stands here is from then, and no risk is reckoned. */
  stale: z.boolean(),
  unsentOps: z.int().nullable(),
  oldestUnsentMs: instantField.nullable(),
  positions: z.array(livePosition),
  queue: z.object({ booked: z.int(), walkIns: z.int(), standby: z.int() }).nullable(),
  oldestWalkInMs: instantField.nullable(),
  wait: z.object({ medianMin: z.int(), p90Min: z.int() }).nullable(),
  gas: z.object({ bankMbar: z.int().nullable(), vehiclesPerHour: z.int().nullable() }).nullable(),
  delayMin: z.int().min(0),
  cutUntilMs: instantField.nullable(),
  risk: promiseRisk.nullable(),
  /** The oldest of each severity first, danger before the rest; at most fifty. */
  alarms: z.array(liveAlarm),
  alarmsMore: z.boolean(),
})

/** GET /v1/operator/live → 200 */
export const liveStations = z.object({ nowMs: instantField, stations: z.array(liveStation) })

export type LiveAlarm = z.output<typeof liveAlarm>
export type LiveStation = z.output<typeof liveStation>
export type LiveStations = z.output<typeof liveStations>
