import { z } from 'zod'
import { gasField, instantField, positionNoField, vehicleClassField } from '../scalars.ts'
import { laneMode } from './station-view.ts'

/** A vehicle as the public may see it: `W-57`, or `B 1234` with the last four of the plate. */
const shownVehicle = z.object({ label: z.string(), kind: z.enum(['booked', 'walk-in']) })

/**
 * Everything the board for people in line and the display of a lane show (screens.md section 3):
 * event `board` of `GET /v1/board`. It holds no personal data, so it needs no sign-in.
 */
export const publicBoard = z.object({
  atMs: instantField,
  station: z.string(),
  /** False while no shift is open: nobody is filled. */
  open: z.boolean(),
  /** Numbers that are called now, newest first, and where to go. */
  called: z.array(shownVehicle.extend({ position: positionNoField, atMs: instantField })),
  positions: z.array(
    z.object({
      no: positionNoField,
      state: z.enum(['free', 'called', 'filling', 'out']),
      /** What the lane's sign says; advice only. */
      mode: laneMode.default('mixed'),
      /** Called there, or filled there now. */
      at: shownVehicle.nullable().default(null),
      /** Waits behind the running fill. */
      staged: shownVehicle.nullable().default(null),
    }),
  ),
  /** The next six in calling order. */
  next: z.array(shownVehicle),
  waiting: z.object({ booked: z.int(), walkIns: z.int() }),
  /** Honest wait of a walk-in that comes now; null when it cannot be said. */
  walkInWait: z.object({ medianMs: z.int(), p90Ms: z.int() }).nullable(),
  /** Booked vehicles that go before one walk-in does: 2, or 1 once somebody waited 45 minutes. */
  limit: z.int(),
  gas: z.enum(['good', 'low']),
  /** No gas until then; numbers stay good. */
  cutUntilMs: instantField.nullable().default(null),
  /** What a usual fill of these classes gives at a low pressure; empty when it is the whole. */
  expected: z
    .array(z.object({ vehicleClass: vehicleClassField, grams: gasField }))
    .max(4)
    .default([]),
})

export type PublicBoard = z.output<typeof publicBoard>
