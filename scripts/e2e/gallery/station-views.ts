import type { OutOfTurnReason } from '@baari/shared/domain/dispatch/out-of-turn'
import type {
  CallReason,
  PositionView,
  ScanView,
  StationView,
  TicketView,
} from '@baari/shared/contracts/live/station-view'
import { grams, type Grams } from '@baari/shared/units/mass'
import { amountFor, paise, paisePerKg } from '@baari/shared/units/money'
import { fillId, laneNo, positionNo, stationNo, ticketId } from '@baari/shared/units/names'
import { instant, type Instant } from '@baari/shared/units/time'

/** A fixed noon, so that pictures of different days can be compared: 22 Nov 2026, 14:07 IST. */
export const noon: Instant = instant(Date.parse('2026-11-22T08:37:00Z'))

const price = paisePerKg(8950)
const minutesMs = 60_000
const id = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`

type TicketSketch = {
  readonly n: number
  readonly label: string
  readonly plate?: string
  readonly state?: TicketView['state']
  readonly needsDetails?: boolean
}

export function ticket({
  n,
  label,
  plate,
  state = 'waiting',
  needsDetails = false,
}: TicketSketch): TicketView {
  const kind = label.startsWith('W-') ? 'walk-in' : 'booked'
  return {
    id: ticketId(id(n)),
    kind,
    label,
    plate: plate ?? null,
    vehicleClass: n % 2 === 0 ? 'auto' : 'car',
    state,
    windowStartMs: kind === 'booked' ? instant(noon - 7 * minutesMs) : null,
    arrivedAtMs: instant(noon - n * minutesMs),
    position: null,
    needsDetails,
  }
}

type PositionSketch = Partial<Omit<PositionView, 'fill'>> & { readonly filled?: Grams }

function position(no: number, sketch: PositionSketch = {}): PositionView {
  const { filled, ...rest } = sketch
  return {
    no: positionNo(no),
    lane: laneNo(Math.ceil(no / 2)),
    nozzles: ['ngv1'],
    state: 'free',
    ticket: null,
    staged: null,
    reason: null,
    fill:
      filled === undefined
        ? null
        : {
            id: fillId(id(900 + no)),
            grams: filled,
            limitGrams: grams(8000),
            amountPaise: amountFor(filled, price),
            pricePaisePerKg: price,
            remainingMs: 70_000,
          },
    calledAtMs: null,
    undoUntilMs: null,
    stagedReason: null,
    stagedUndoUntilMs: null,
    frozen: false,
    refused: null,
    fault: null,
    idleSinceMs: null,
    mode: 'mixed',
    ...rest,
  }
}

const bookedTurn = {
  step: 'booked-turn',
  streak: 1,
  limit: 2,
  oldestWalkInWaitMs: 12 * minutesMs,
} as const
const outOfTurn = (n: number, reason: OutOfTurnReason): CallReason => ({
  ...bookedTurn,
  step: 'override',
  outOfTurn: { call: id(n), reason, note: null },
})
const calledTicket = ticket({ n: 4, label: 'B 1234', plate: 'GJ01AB1234', state: 'called' })

function scan(verdict: ScanView['verdict'], rest: Partial<ScanView> = {}): ScanView {
  return {
    id: id(500),
    atMs: instant(noon - 4000),
    lane: laneNo(1),
    source: 'scanner',
    verdict,
    signal: 'stop',
    facts: {},
    ticket: null,
    position: null,
    reason: null,
    provisional: false,
    undoUntilMs: null,
    ...rest,
  }
}

const busy: StationView = {
  revision: 1,
  atMs: noon,
  station: { no: stationNo(42), name: 'Vastrapur CNG, Ahmedabad' },
  clock: 'trusted',
  trip: null,
  cutUntilMs: null,
  link: { up: true, lastExchangeMs: instant(noon - 3000), unsentOps: 0, oldestUnsentMs: null },
  gas: { bankMbar: 210_000, vehiclesPerHour: 38 },
  shift: { id: id(700), attendant: 'Ramesh Patel', openedAtMs: instant(noon - 300 * minutesMs) },
  positions: [
    position(1, {
      state: 'filling',
      filled: grams(2445),
      ticket: ticket({ n: 2, label: 'W-57', state: 'filling' }),
    }),
    position(2, {
      state: 'filling',
      filled: grams(6120),
      ticket: ticket({ n: 3, label: 'B 8817', plate: 'GJ27TT8817', state: 'filling' }),
      staged: ticket({ n: 6, label: 'W-58', state: 'staged' }),
    }),
    position(3, {
      state: 'called',
      ticket: calledTicket,
      reason: bookedTurn,
      calledAtMs: instant(noon - 4000),
      undoUntilMs: instant(noon + 56_000),
    }),
    position(4, {
      state: 'fault',
      fault: {
        code: 'bus_offline',
        text: 'A device line is disconnected.',
        sinceMs: instant(noon - 27 * minutesMs),
      },
    }),
  ],
  next: ['B 1238', 'W-59', 'B 5501', 'W-60', 'B 0073', 'W-61', 'W-62'].map((label, n) =>
    ticket({ n: 10 + n, label }),
  ),
  missed: [],
  counts: { booked: 3, walkIns: 5, standby: 1 },
  rule: { streak: 1, limit: 2, oldestWalkInWaitMs: 12 * minutesMs },
  walkInWait: { medianMs: 12 * minutesMs, p90Ms: 18 * minutesMs },
  forecast: {
    basis: 'model',
    hours: [38, 41, 36, 29].map((expected, hour) => ({
      startMs: instant(noon + 60 * hour * minutesMs),
      expected,
      low: expected - 11,
      high: expected + 13,
    })),
  },
  lastScan: scan('ADMIT', {
    signal: 'go',
    ticket: calledTicket,
    position: positionNo(3),
    reason: bookedTurn,
    undoUntilMs: instant(noon + 56_000),
  }),
  sales: [
    {
      fill: fillId(id(801)),
      position: positionNo(3),
      label: 'B 4410',
      grams: grams(3805),
      amountPaise: paise(34_055),
      collected: false,
      flag: 'none',
      settledAtMs: instant(noon - 3 * minutesMs),
    },
    {
      fill: fillId(id(802)),
      position: positionNo(1),
      label: 'W-55',
      grams: grams(7990),
      amountPaise: paise(71_511),
      collected: true,
      flag: 'recovered',
      settledAtMs: instant(noon - 9 * minutesMs),
    },
  ],
}

/** States that seldom happen together, each as the node would send it. */
export const stationViews = {
  normal: busy,
  // A manager let two vehicles go before the others: one behind a fill, one to a position.
  'out-of-turn': {
    ...busy,
    positions: busy.positions.map((one) => {
      if (one.no === 2) {
        const stagedUndoUntilMs = instant(noon + 41_000)
        return { ...one, stagedReason: outOfTurn(911, 'emergency_vehicle'), stagedUndoUntilMs }
      }
      return one.no === 3 ? { ...one, reason: outOfTurn(912, 'breakdown') } : one
    }),
  },
  empty: {
    ...busy,
    positions: [1, 2, 3, 4].map((no) => position(no)),
    next: [],
    counts: { booked: 0, walkIns: 0, standby: 0 },
    rule: { streak: 0, limit: 2, oldestWalkInWaitMs: null },
    walkInWait: { medianMs: 60_000, p90Ms: 120_000 },
    lastScan: null,
    sales: [],
  },
  'link-down': {
    ...busy,
    clock: 'uncertain',
    link: {
      up: false,
      lastExchangeMs: instant(noon - 185 * minutesMs),
      unsentOps: 412,
      oldestUnsentMs: instant(noon - 184 * minutesMs),
    },
    lastScan: scan('LATE', {
      signal: 'wait',
      ticket: ticket({ n: 21, label: 'W-63', plate: 'GJ01XX0021' }),
    }),
  },
  full: {
    ...busy,
    positions: [1, 2, 3, 4, 5, 6, 7, 8].map((no) =>
      position(no, {
        state: 'filling',
        filled: grams(no * 900),
        ticket: ticket({ n: no, label: `W-${no + 60}`, state: 'filling' }),
      }),
    ),
    counts: { booked: 41, walkIns: 118, standby: 9 },
    walkInWait: { medianMs: 52 * minutesMs, p90Ms: 71 * minutesMs },
  },
  stopped: {
    ...busy,
    trip: { cause: 'gas', sinceMs: instant(noon - 4 * minutesMs), causeNow: null },
    positions: [
      position(1, {
        state: 'called',
        ticket: calledTicket,
        refused: { code: 'interlock_open', condition: 'trip-reset', atMs: instant(noon - 9000) },
      }),
      position(2, { state: 'fault', frozen: true }),
      position(3, {
        state: 'called',
        ticket: { ...calledTicket, label: 'W-61', plate: null },
        refused: { code: 'position_unavailable', condition: 'dispenser', atMs: noon },
      }),
      position(4, {
        state: 'fault',
        fault: {
          code: 'preset_overrun',
          text: 'More gas flowed than was set.',
          sinceMs: instant(noon - 2 * minutesMs),
        },
      }),
    ],
  },
  fault: {
    ...busy,
    lastScan: scan('CYLINDER_EXPIRED', {
      ticket: ticket({ n: 30, label: 'B 9090', plate: 'GJ05CN9090' }),
    }),
    positions: [1, 2, 3, 4].map((no) =>
      position(no, {
        state: no === 2 ? 'closed' : 'offline',
        fault:
          no === 2
            ? null
            : {
                code: 'bus_offline',
                text: 'A device line is disconnected.',
                sinceMs: instant(noon - 5 * minutesMs),
              },
      }),
    ),
  },
  present: {
    ...busy,
    lastScan: scan('PRESENT', {
      signal: 'wait',
      facts: { atMs: noon - 6 * minutesMs, lane: 2 },
      ticket: calledTicket,
    }),
  },
} satisfies { readonly [name: string]: StationView }
