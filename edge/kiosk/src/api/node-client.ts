import {
  attendantList,
  correctedVehicle,
  kioskBooking,
  kioskWindows,
  me,
  outOfTurnAnswer,
  shiftRecord,
  syncStatus,
  walkInAnswer,
  whyWaiting,
  type CorrectedVehicle,
  type KioskBooking,
  type KioskWindows,
  type Me,
  type OutOfTurnAnswer,
  type ShiftRecord,
  type SyncStatus,
  type WalkInAnswer,
  type WhyWaiting,
} from '@baari/shared/contracts/http/edge-api'
import { serviceView, type ServiceView } from '@baari/shared/contracts/http/service-view'
import { problem } from '@baari/shared/contracts/http/problem'
import {
  scanView,
  ticketView,
  type ScanView,
  type TicketView,
} from '@baari/shared/contracts/live/station-view'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { z } from 'zod'

/** Why a request brought no answer: the node's own code, or that it could not be reached. */
export type NodeProblem = {
  readonly code: string
  readonly facts: Readonly<Record<string, string | number>>
}

export type Answer<T> = Promise<Result<T, NodeProblem>>

type Write = { readonly path: string; readonly body: unknown; readonly method?: 'POST' | 'DELETE' }

// The node is in the same building; a longer silence than this is a fault to show, not to wait out.
const deadlineMs = 8000

async function request<S extends z.ZodType>(
  path: string,
  schema: S,
  init: RequestInit = {},
): Answer<z.output<S>> {
  try {
    const response = await fetch(path, {
      ...init,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(deadlineMs),
    })
    const body: unknown =
      response.status === 204 || response.status === 202 ? null : await response.json()
    if (!response.ok) {
      const parsed = problem.safeParse(body)
      return err({ code: parsed.data?.code ?? 'node_error', facts: parsed.data?.facts ?? {} })
    }
    const parsed = schema.safeParse(body)
    return parsed.success ? ok(parsed.data) : err({ code: 'node_error', facts: {} })
  } catch {
    return err({ code: 'node_unreachable', facts: {} })
  }
}

function write<S extends z.ZodType>(
  { path, body, method = 'POST' }: Write,
  schema: S,
): Answer<z.output<S>> {
  return request(path, schema, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(body),
  })
}

export type Attendants = z.output<typeof attendantList>['attendants']
export type ScanInput = {
  readonly source: 'camera' | 'keypad'
  readonly lane: number
  readonly text: string
  readonly managerPin?: string
  readonly plate?: string
  readonly answer?: string
}
export type WalkInInput = {
  readonly vehicleClass: string
  readonly plate?: string
  readonly retestValidUntil?: string
}

export type SaleInput = {
  readonly windowStartMs: number
  readonly vehicleClass: string
  readonly plate: string
  readonly retestValidUntil?: string
}

export type OutOfTurnInput = {
  readonly position: number
  readonly reason: string
  readonly note?: string
  readonly managerPin: string
}

export type CorrectionInput = {
  readonly plate: string
  readonly retestValidUntil: string
  readonly managerPin: string
  readonly photoBase64: string
}

/** Anything the node answers without a body we read. */
const nothing = {
  safeParse: () => ({ success: true as const, data: null }),
} as unknown as z.ZodType<null>

/** The node's HTTP API as the kiosk uses it (contracts/http/edge-api). */
export const nodeClient = {
  attendants: async (): Answer<Attendants> => {
    const answer = await request('/v1/attendants', attendantList)
    return answer.ok ? ok(answer.value.attendants) : answer
  },
  me: (): Answer<Me> => request('/v1/me', me),
  signIn: (attendant: string, pin: string): Answer<Me> =>
    write({ path: '/v1/sign-in', body: { attendant, pin } }, me),
  signOut: (): Answer<null> => write({ path: '/v1/sign-out', body: {} }, nothing),
  scan: (input: ScanInput): Answer<ScanView> => write({ path: '/v1/scans', body: input }, scanView),
  undoScan: (scan: string): Answer<null> =>
    write({ path: `/v1/scans/${scan}/undo`, body: {} }, nothing),
  walkIn: (input: WalkInInput): Answer<WalkInAnswer> =>
    write({ path: '/v1/walk-ins', body: input }, walkInAnswer),
  windows: (vehicleClass: string): Answer<KioskWindows> =>
    request(`/v1/windows?class=${vehicleClass}`, kioskWindows),
  sellWindow: (input: SaleInput): Answer<KioskBooking> =>
    write({ path: '/v1/bookings', body: input }, kioskBooking),
  details: (
    ticket: string,
    body: { plate: string; retestValidUntil: string },
  ): Answer<TicketView> => write({ path: `/v1/tickets/${ticket}/details`, body }, ticketView),
  skip: (ticket: string): Answer<TicketView> =>
    write({ path: `/v1/tickets/${ticket}/skip`, body: {} }, ticketView),
  back: (ticket: string): Answer<TicketView> =>
    write({ path: `/v1/tickets/${ticket}/back`, body: {} }, ticketView),
  leave: (ticket: string): Answer<TicketView> =>
    write({ path: `/v1/tickets/${ticket}/leave`, body: {} }, ticketView),
  why: (ticket: string): Answer<WhyWaiting> => request(`/v1/tickets/${ticket}/why`, whyWaiting),
  callOutOfTurn: (ticket: string, body: OutOfTurnInput): Answer<OutOfTurnAnswer> =>
    write({ path: `/v1/tickets/${ticket}/out-of-turn`, body }, outOfTurnAnswer),
  undoCall: (ticket: string): Answer<null> =>
    write({ path: `/v1/calls/${ticket}/undo`, body: {} }, nothing),
  ready: (position: number): Answer<null> =>
    write({ path: `/v1/positions/${position}/ready`, body: {} }, nothing),
  stop: (position: number): Answer<null> =>
    write({ path: `/v1/positions/${position}/stop`, body: {} }, nothing),
  resetTrip: (): Answer<null> => write({ path: '/v1/safety/reset', body: {} }, nothing),
  clearMeter: (position: number, given: { pin: string; note: string }): Answer<null> => {
    const body = { managerPin: given.pin, note: given.note }
    return write({ path: `/v1/positions/${position}/clear-meter`, body }, nothing)
  },
  correctVehicle: (body: CorrectionInput): Answer<CorrectedVehicle> =>
    write({ path: '/v1/vehicles/correct', body }, correctedVehicle),
  closePosition: (position: number, reason: string): Answer<null> =>
    write({ path: `/v1/positions/${position}/close`, body: { reason } }, nothing),
  openPosition: (position: number): Answer<null> =>
    write({ path: `/v1/positions/${position}/open`, body: {} }, nothing),
  collect: (
    fill: string,
    body: { method: 'cash' | 'upi' | 'card'; amountPaise: number },
  ): Answer<null> => write({ path: `/v1/fills/${fill}/payments`, body }, nothing),
  printReceipt: (fill: string): Answer<null> =>
    write({ path: `/v1/fills/${fill}/receipt`, body: {} }, nothing),
  printBooking: (booking: string): Answer<null> =>
    write({ path: `/v1/bookings/${booking}/paper`, body: {} }, nothing),
  shift: (): Answer<ShiftRecord> => request('/v1/shifts/current', shiftRecord),
  openShift: (openingCashPaise: number): Answer<ShiftRecord> =>
    write({ path: '/v1/shifts', body: { openingCashPaise } }, shiftRecord),
  closeShift: (countedCashPaise: number): Answer<ShiftRecord> =>
    write({ path: '/v1/shifts/current/close', body: { countedCashPaise } }, shiftRecord),
  reopenLink: (managerPin: string): Answer<null> =>
    write({ path: '/v1/sync/reopen', body: { managerPin } }, nothing),
  syncStatus: (): Answer<SyncStatus> => request('/v1/sync-status', syncStatus),
  service: (): Answer<ServiceView> => request('/v1/service', serviceView),
}
