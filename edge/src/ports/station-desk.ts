import type {
  attendantList,
  clearMeterRequest,
  closeRequest,
  closeShiftRequest,
  collectRequest,
  CorrectedVehicle,
  correctVehicleRequest,
  fillPage,
  kioskBooking,
  kioskSale,
  kioskWindows,
  Me,
  openShiftRequest,
  OutOfTurnAnswer,
  outOfTurnRequest,
  readyRequest,
  reopenRequest,
  scanRequest,
  ShiftRecord,
  SyncStatus,
  ticketDetails,
  WalkInAnswer,
  walkInRequest,
  WhyWaiting,
} from '@baari/shared/contracts/http/edge-api'
import type { ServiceView } from '@baari/shared/contracts/http/service-view'
import type { ScanView, TicketView } from '@baari/shared/contracts/live/station-view'
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
import type { z } from 'zod'

/** A rule's no is a value; a fault of ledger or device rejects and becomes a 503. */
export type DeskAnswer<T> = Promise<Result<T, Refusal>>

/**
 * What makes a repeated request the same request. The scope is the route and the attendant, so
 * that two people's keys never meet.
 */
export type RequestKey = {
  readonly scope: string
  readonly key: string
  /** SHA-256 (hex) of method, path and body. */
  readonly requestSha256: string
}

/** Who asks, and under which key the answer is kept. */
export type By = {
  readonly attendant: AttendantId
  readonly role: Me['attendant']['role']
  readonly request: RequestKey
}

export type People = {
  list(): Promise<z.output<typeof attendantList>>
  signIn(ask: { attendant: AttendantId; pin: string }): DeskAnswer<{ me: Me; session: string }>
  me(session: string): Promise<Me | undefined>
  signOut(session: string): Promise<void>
}

export type Entry = {
  scan(ask: z.output<typeof scanRequest>, by: By): DeskAnswer<ScanView>
  undoScan(scan: string, by: By): DeskAnswer<null>
  openWalkIn(ask: z.output<typeof walkInRequest>, by: By): DeskAnswer<WalkInAnswer>
  details(
    ask: { ticket: TicketId } & z.output<typeof ticketDetails>,
    by: By,
  ): DeskAnswer<TicketView>
  skip(ticket: TicketId, by: By): DeskAnswer<TicketView>
  /** Missed its call and stands in the lane again. */
  back(ticket: TicketId, by: By): DeskAnswer<TicketView>
  leave(ticket: TicketId, by: By): DeskAnswer<TicketView>
  undoCall(ticket: TicketId, by: By): DeskAnswer<null>
  /** A manager sends a waiting vehicle to a position before the others. */
  callOutOfTurn(
    ask: { ticket: TicketId } & z.output<typeof outOfTurnRequest>,
    by: By,
  ): DeskAnswer<OutOfTurnAnswer>
  /** Why a vehicle is not yet called, and who came later and went first. */
  why(ticket: TicketId): DeskAnswer<WhyWaiting>
}

/** Windows sold at the kiosk from the station's own share of its slots. */
export type Windows = {
  list(vehicleClass: VehicleClass): DeskAnswer<z.output<typeof kioskWindows>>
  sell(ask: z.output<typeof kioskSale>, by: By): DeskAnswer<z.output<typeof kioskBooking>>
}

export type Places = {
  /** The first deliberate act; a repeated request never arms the position a second time. */
  ready(ask: { position: PositionNo } & z.output<typeof readyRequest>, by: By): DeskAnswer<null>
  /** Goes out at once and is never held up by a key, a ledger or a refusal. */
  stop(position: PositionNo, attendant: AttendantId): DeskAnswer<null>
  close(ask: { position: PositionNo } & z.output<typeof closeRequest>, by: By): DeskAnswer<null>
  open(position: PositionNo, by: By): DeskAnswer<null>
  /** The manual reset after an all-stop; refused while its cause is still there. */
  resetTrip(by: By): DeskAnswer<null>
  /** A manager has looked at a meter that went back: its position may sell again (D02). */
  clearMeter(
    ask: { position: PositionNo } & z.output<typeof clearMeterRequest>,
    by: By,
  ): DeskAnswer<null>
}

export type Vehicles = {
  /** A manager replaces a mistyped re-test date, with a photo. */
  correct(ask: z.output<typeof correctVehicleRequest>, by: By): DeskAnswer<CorrectedVehicle>
}

export type Books = {
  fills(page: { limit: number; cursor: string | null }): DeskAnswer<z.output<typeof fillPage>>
  collect(
    ask: { fill: FillId } & z.output<typeof collectRequest>,
    by: By,
  ): DeskAnswer<{ readonly collected: true }>
  shift(): DeskAnswer<ShiftRecord>
  openShift(ask: z.output<typeof openShiftRequest>, by: By): DeskAnswer<ShiftRecord>
  closeShift(ask: z.output<typeof closeShiftRequest>, by: By): DeskAnswer<ShiftRecord>
  syncStatus(): Promise<SyncStatus>
  /** A manager's act for a link that is fenced or forked. */
  reopenLink(ask: z.output<typeof reopenRequest>, by: By): DeskAnswer<null>
}

/** Papers somebody asks for; a fault of the printer rejects and becomes a 503. */
export type Papers = {
  /** The receipt of a settled sale; every one after the first says that it is a copy. */
  receipt(fill: FillId, by: By): DeskAnswer<null>
  /** The QR of a booking at this station; it proves the same as the one shown. */
  booking(booking: BookingId, by: By): DeskAnswer<null>
}

/** Everything an attendant can do at the station, whichever door it comes through. */
export type StationDesk = {
  readonly people: People
  readonly entry: Entry
  readonly windows: Windows
  readonly places: Places
  readonly books: Books
  readonly vehicles: Vehicles
  readonly papers: Papers
  /** Lines, devices, sensors and open faults now; from memory. */
  readonly service: () => ServiceView
}
