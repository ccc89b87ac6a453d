import { z } from 'zod'

/** What an operator sees of the link to one station; times are UTC milliseconds. */
const stationLink = z.object({
  station: z.int(),
  name: z.string(),
  epoch: z.string().nullable(),
  /** When the station last sent anything, heartbeats included; null when never. */
  heardAtMs: z.int().nullable(),
  /** By the station's last word: ops it had not sent, and when the oldest of them was made. */
  unsentOps: z.int().nullable(),
  oldestUnsentMs: z.int().nullable(),
  heads: z.array(z.object({ stream: z.string(), seq: z.int(), chain: z.string() })),
  lastProof: z
    .object({
      atMs: z.int(),
      outcome: z.enum(['equal', 'repaired', 'differs']),
      rows: z.int(),
      found: z.array(z.object({ set: z.string(), key: z.string(), mended: z.boolean() })),
    })
    .nullable(),
  /** The last day the station signed; `differences` is null until we have checked it. */
  lastDay: z.object({ day: z.int(), differences: z.array(z.string()).nullable() }).nullable(),
  /** The last closed shift by both sides' own counting. */
  lastShift: z
    .object({
      closedAtMs: z.int(),
      station: z.object({ fills: z.int(), grams: z.int(), amountPaise: z.int() }),
      cloud: z.object({ fills: z.int(), grams: z.int(), amountPaise: z.int() }),
      /** Newest totaliser reading of each position among the shift's sales. */
      totalisers: z.array(z.object({ position: z.int(), grams: z.int() })),
    })
    .nullable(),
  openConflicts: z.int(),
  openDeadLetters: z.int(),
})

/** GET /v1/sync/status → 200 */
export const syncStations = z.object({ nowMs: z.int(), stations: z.array(stationLink) })

/** Facts of one side: column or field, and its value as text. */
const facts = z.record(z.string(), z.string().nullable())

const conflict = z.object({
  /** `exception/<id>` or `letter/<station>/<epoch>/<stream>/<seq>`. */
  id: z.string(),
  station: z.int(),
  kind: z.enum(['exception', 'dead-letter']),
  code: z.string(),
  detail: z.string(),
  atMs: z.int(),
  /** What the station said, from its op's own line; null where the conflict is about no op. */
  told: z.object({ kind: z.string(), facts }).nullable(),
  /** What the cloud holds of the same thing. */
  held: z.array(z.object({ table: z.string(), facts })),
})

/** GET /v1/sync/conflicts?station → 200: open ones, oldest first. */
export const syncConflicts = z.object({ conflicts: z.array(conflict), more: z.boolean() })

/** POST /v1/sync/conflicts/resolve → 204; 404 when nobody waits for it any more. */
export const resolveConflict = z.object({
  id: z.string().max(200),
  /** What the person decided and why; kept with the conflict. */
  note: z.string().trim().min(3).max(500),
})

/** GET /v1/operator/me → 200; 401 */
export const operatorMe = z.object({ id: z.string(), name: z.string(), role: z.string() })

export type SyncStations = z.output<typeof syncStations>
export type StationLink = z.output<typeof stationLink>
export type SyncConflict = z.output<typeof conflict>
export type SyncConflicts = z.output<typeof syncConflicts>
export type OperatorMe = z.output<typeof operatorMe>
