import type { LedgerTx } from '../ports/ledger-tx.ts'
import { attendantSession, listAttendants, signOut } from './attendant/attendant-session.ts'
import { beginSignIn, endSignIn } from './attendant/sign-in.ts'
import { bookingRow } from './booking/booking-row.ts'
import { searchBookings } from './booking/search-bookings.ts'
import { sweepNoShows } from './booking/sweep-no-shows.ts'
import { clearReset } from './fill/clear-reset.ts'
import { collectPayment } from './fill/collect-payment.ts'
import { beginReceipt, receiptNotPrinted } from './fill/print-receipt.ts'
import { readBooks } from './fill/fill-books-check.ts'
import { installNozzle } from './fill/install-nozzle.ts'
import { listFills } from './fill/list-fills.ts'
import { readPositions } from './fill/read-positions.ts'
import { recordEvent } from './fill/record-event.ts'
import { recoverFill } from './fill/recover-nozzle.ts'
import { reserveFill } from './fill/reserve-fill.ts'
import { noteDrift } from './forecast/note-drift.ts'
import { demandFacts, recordDemand } from './forecast/record-demand.ts'
import { leaseAnswered, leaseFenced, nextLease, recountCells } from './lease/lease-round.ts'
import { listOwnWindows, wantWindow } from './lease/own-windows.ts'
import { sellWindow } from './lease/sell-window.ts'
import { readKeySets } from './keys/read-key-sets.ts'
import { callOutOfTurn } from './queue/call-out-of-turn.ts'
import { dispatchQueue } from './queue/dispatch-queue.ts'
import { keepQuotes, waitFacts } from './queue/quote-waits.ts'
import { leaveTicket, skipTicket, ticketIsBack } from './queue/skip-ticket.ts'
import { undoCall } from './queue/undo-call.ts'
import { whyWaiting } from './queue/why-waiting.ts'
import { answerOnce, takeKey } from './request/answer-once.ts'
import { runRetention } from './retention/run-retention.ts'
import { readLatch, recordReset } from './safety/trip-commands.ts'
import { answerScan } from './scan/answer-scan.ts'
import { undoScan } from './scan/undo-scan.ts'
import { closeShift } from './shift/close-shift.ts'
import { openShift } from './shift/open-shift.ts'
import { currentShift } from './shift/shift-record.ts'
import { configureStation } from './station/configure-station.ts'
import { raiseDelay, signDelay, unsignedDelays } from './station/station-delay.ts'
import { noteReopened } from './sync-status/note-reopened.ts'
import { readSyncStatus } from './sync-status/read-sync-status.ts'
import { syncCommands, syncReads } from './sync/sync-commands.ts'
import { recordGap } from './telemetry/record-gap.ts'
import { enterDetails } from './ticket/enter-details.ts'
import { correctVehicle } from './vehicle/correct-vehicle.ts'
import { readView } from './view/read-view.ts'
import { openWalkIn } from './walk-in/open-walk-in.ts'

const useCases = {
  'attendant.beginSignIn': beginSignIn,
  'attendant.endSignIn': endSignIn,
  'attendant.list': listAttendants,
  'attendant.session': attendantSession,
  'attendant.signOut': signOut,
  'booking.row': bookingRow,
  'booking.search': searchBookings,
  'booking.sell': sellWindow,
  'booking.sweepNoShows': sweepNoShows,
  'call.outOfTurn': callOutOfTurn,
  'call.undo': undoCall,
  'demand.facts': demandFacts,
  'demand.drift': noteDrift,
  'demand.record': recordDemand,
  'delay.sign': signDelay,
  'delay.unsigned': unsignedDelays,
  'fill.books': readBooks,
  'fill.clearReset': clearReset,
  'fill.collect': collectPayment,
  'fill.event': recordEvent,
  'fill.install': installNozzle,
  'fill.list': listFills,
  'fill.recover': recoverFill,
  'fill.reserve': reserveFill,
  'keys.read': readKeySets,
  'lease.answered': leaseAnswered,
  'lease.fenced': leaseFenced,
  'lease.next': nextLease,
  'lease.recount': recountCells,
  'lease.want': wantWindow,
  'positions.read': readPositions,
  'queue.dispatch': dispatchQueue,
  'queue.quoted': keepQuotes,
  'queue.waitFacts': waitFacts,
  'receipt.begin': beginReceipt,
  'receipt.notPrinted': receiptNotPrinted,
  'request.takeKey': takeKey,
  'retention.run': runRetention,
  'safety.latch': readLatch,
  'safety.reset': recordReset,
  'scan.decide': answerScan,
  'scan.undo': undoScan,
  'shift.close': closeShift,
  'shift.current': currentShift,
  'shift.open': openShift,
  'station.configure': configureStation,
  'station.raiseDelay': raiseDelay,
  'sync.reopened': noteReopened,
  'sync.status': readSyncStatus,
  'telemetry.gap': recordGap,
  'ticket.back': ticketIsBack,
  'ticket.details': enterDetails,
  'ticket.leave': leaveTicket,
  'ticket.skip': skipTicket,
  'ticket.why': whyWaiting,
  'vehicle.correct': correctVehicle,
  'view.read': readView,
  'walkIn.open': openWalkIn,
  'window.list': listOwnWindows,
  ...syncCommands,
} as const

/** Every use-case of the ledger thread by the name the control thread calls it. */
export const commands = {
  ...useCases,
  /** Any of them under an Idempotency-Key. */
  'request.once': answerOnce<LedgerTx>(useCases),
} as const

/** Commands that only read: they share no write lock and cannot change anything. */
export const reads: ReadonlySet<string> = new Set<keyof typeof commands>([
  'attendant.beginSignIn',
  'attendant.list',
  'attendant.session',
  'booking.row',
  'booking.search',
  'demand.facts',
  'delay.unsigned',
  'fill.books',
  'fill.list',
  'keys.read',
  'positions.read',
  'queue.waitFacts',
  'safety.latch',
  'shift.current',
  'sync.status',
  'ticket.why',
  'view.read',
  'window.list',
  ...syncReads,
])

export type Commands = typeof commands
