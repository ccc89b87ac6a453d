import type {
  attendantList,
  closeShiftRequest,
  collectRequest,
  FillRecord,
  Me,
  openShiftRequest,
  ShiftRecord,
  SyncStatus,
  WhyWaiting,
} from '@baari/shared/contracts/http/edge-api'
import type { StationView, TicketView } from '@baari/shared/contracts/live/station-view'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type {
  AttendantId,
  BookingId,
  FillId,
  PositionNo,
  TicketId,
  VehicleClass,
} from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import type { z } from 'zod'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { Command, Ledger } from '../../ports/ledger.ts'
import type { Receipt } from '../fill/print-receipt.ts'
import type { CallMade } from '../queue/call-made.ts'
import type { CalledOutOfTurn, CallOutOfTurn } from '../queue/call-out-of-turn.ts'
import type { CallUndone, UndoCall } from '../queue/undo-call.ts'
import type { TicketAct, TicketMoved } from '../queue/skip-ticket.ts'
import type { DispatchQueue } from '../queue/dispatch-queue.ts'
import type { OwnWindows } from '../lease/own-windows.ts'
import type { SellWindow, WindowSold } from '../lease/sell-window.ts'
import type { OnceAnswer, OnceInput } from '../request/answer-once.ts'
import type { ScanAnswer } from '../scan/answer-scan.ts'
import type { ScanInput } from '../scan/scan-input.ts'
import type { ScanUndone, UndoScan } from '../scan/undo-scan.ts'

type Refusable<T> = Result<T, Refusal>
type Does<Input, Output> = Command<never, Input, Output>

/** Link to head office, which the control thread knows and the ledger does not. */
export type LinkFacts = {
  readonly up: boolean
  readonly lastExchangeMs: Instant | null
  /** State of the uplink; absent when the station runs alone. */
  readonly uplink?: string
}

export type OpenWalkIn = {
  readonly vehicleClass: VehicleClass
  readonly plate?: string | undefined
  readonly retestDay?: DayNumber | undefined
  readonly by: AttendantId
  readonly positions: readonly PositionFacts[]
}

export type WalkInOpened = {
  readonly ticket: TicketView
  readonly number: number
  readonly wait: { readonly medianMs: number; readonly p90Ms: number }
  readonly cutUntil: Instant | null
  readonly calls: readonly CallMade[]
}

/** The commands the desk asks of the ledger, by name: what `app/commands.ts` has to offer. */
export type DeskCommands = {
  readonly 'attendant.list': Does<
    object,
    { readonly attendants: readonly z.output<typeof attendantList>['attendants'][number][] }
  >
  readonly 'attendant.beginSignIn': Does<
    { readonly attendant: AttendantId },
    Refusable<{ readonly pinHash: string }>
  >
  readonly 'attendant.endSignIn': Does<
    { readonly attendant: AttendantId; readonly ok: boolean; readonly session: string },
    Refusable<Me>
  >
  readonly 'attendant.session': Does<{ readonly session: string }, Me | undefined>
  readonly 'attendant.signOut': Does<{ readonly session: string }, unknown>
  readonly 'scan.decide': Does<ScanInput, ScanAnswer>
  readonly 'scan.undo': Does<UndoScan, Refusable<ScanUndone>>
  readonly 'walkIn.open': Does<OpenWalkIn, Refusable<WalkInOpened>>
  readonly 'window.list': Does<
    { readonly vehicleClass: VehicleClass; readonly linkUp: boolean },
    OwnWindows | null
  >
  readonly 'booking.row': Does<{ readonly booking: BookingId }, Refusable<BookingRow>>
  readonly 'receipt.begin': Does<{ readonly fill: FillId }, Refusable<Receipt>>
  readonly 'receipt.notPrinted': Does<{ readonly fill: FillId; readonly copy: number }, null>
  readonly 'booking.sell': Does<SellWindow, Refusable<WindowSold>>
  readonly 'ticket.details': Does<
    {
      readonly ticket: TicketId
      readonly plate: string
      readonly retestDay: DayNumber
      readonly by: AttendantId
    },
    Refusable<TicketView>
  >
  readonly 'ticket.back': Does<TicketAct, Refusable<TicketMoved>>
  readonly 'ticket.skip': Does<TicketAct, Refusable<TicketMoved>>
  readonly 'ticket.leave': Does<TicketAct, Refusable<TicketMoved>>
  readonly 'ticket.why': Does<{ readonly ticket: TicketId }, Refusable<WhyWaiting>>
  readonly 'call.outOfTurn': Does<CallOutOfTurn, Refusable<CalledOutOfTurn>>
  readonly 'call.undo': Does<UndoCall, Refusable<CallUndone>>
  readonly 'queue.dispatch': Does<DispatchQueue, { readonly calls: readonly CallMade[] }>
  readonly 'fill.list': Does<
    { readonly limit: number; readonly cursor: string | null },
    { readonly fills: readonly FillRecord[]; readonly nextCursor: string | null }
  >
  readonly 'fill.collect': Does<
    { readonly fill: FillId; readonly by: AttendantId } & z.output<typeof collectRequest>,
    Refusable<{ readonly collected: true }>
  >
  readonly 'fill.clearReset': Does<
    { readonly position: PositionNo; readonly by: AttendantId; readonly note: string },
    Refusable<{ readonly cleared: number }>
  >
  readonly 'vehicle.correct': Does<
    {
      readonly plate: string
      readonly retestDay: DayNumber
      readonly by: AttendantId
      readonly photoSha256: string
    },
    Refusable<{ readonly plate: string }>
  >
  readonly 'shift.current': Does<object, ShiftRecord | undefined>
  readonly 'shift.open': Does<
    { readonly by: AttendantId } & z.output<typeof openShiftRequest>,
    Refusable<ShiftRecord>
  >
  readonly 'shift.close': Does<
    { readonly by: AttendantId } & z.output<typeof closeShiftRequest>,
    Refusable<ShiftRecord>
  >
  readonly 'sync.status': Does<{ readonly link: LinkFacts }, SyncStatus>
  readonly 'sync.reopened': Does<{ readonly by: AttendantId; readonly uplink: string }, null>
  readonly 'view.read': Does<
    { readonly positions: readonly PositionFacts[]; readonly link: LinkFacts },
    StationView
  >
  readonly 'request.takeKey': Does<object, null>
  readonly 'request.once': Does<OnceInput, Refusable<OnceAnswer>>
}

export type DeskLedger = Pick<Ledger<DeskCommands>, 'run'>
