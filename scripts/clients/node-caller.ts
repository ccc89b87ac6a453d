import {
  attendantList,
  fillPage,
  me,
  outOfTurnAnswer,
  syncStatus,
  walkInAnswer,
  type FillRecord,
  type SyncStatus,
  type WalkInAnswer,
} from '@baari/shared/contracts/http/edge-api'
import { scanView, ticketView, type ScanView } from '@baari/shared/contracts/live/station-view'
import type { OutOfTurnReason } from '@baari/shared/domain/dispatch/out-of-turn'
import type { TicketId, VehicleClass } from '@baari/shared/units/names'
import { anyBody, jsonCaller } from './json-caller.ts'

export type ScanAsk = {
  readonly source: 'camera' | 'keypad'
  readonly lane: number
  readonly text: string
  readonly managerPin?: string
  readonly answer?: string
}

export type WalkInAsk = {
  readonly vehicleClass: VehicleClass
  readonly plate: string
  readonly retestValidUntil: string
}

export type OutOfTurnAsk = {
  readonly position: number
  readonly reason: OutOfTurnReason
  readonly managerPin: string
}

/** A signed-in screen of the node, as the kiosk uses it. */
export type NodeCaller = {
  cookie(): string
  scan(ask: ScanAsk): Promise<ScanView>
  openWalkIn(ask: WalkInAsk): Promise<WalkInAnswer>
  details(ticket: TicketId, given: Omit<WalkInAsk, 'vehicleClass'>): Promise<void>
  leave(ticket: TicketId): Promise<void>
  callOutOfTurn(ticket: TicketId, ask: OutOfTurnAsk): Promise<void>
  ready(position: number): Promise<void>
  openShift(): Promise<void>
  fills(): Promise<readonly FillRecord[]>
  syncStatus(): Promise<SyncStatus>
}

/** Signs in with name and PIN as an attendant does. */
export async function signInAtNode(
  baseUrl: string,
  person: { readonly name: string; readonly pin: string },
): Promise<NodeCaller> {
  const http = jsonCaller({ baseUrl })
  const { attendants } = await http.get('/v1/attendants', attendantList)
  const attendant = attendants.find(({ name }) => name === person.name)
  if (attendant === undefined) throw new Error(`the node does not know ${person.name}`)
  await http.post('/v1/sign-in', { attendant: attendant.id, pin: person.pin }, me)
  return {
    cookie: () => http.cookie(),
    scan: (ask) => http.post('/v1/scans', ask, scanView),
    openWalkIn: (ask) => http.post('/v1/walk-ins', ask, walkInAnswer),
    async details(ticket, given) {
      await http.post(`/v1/tickets/${ticket}/details`, given, ticketView)
    },
    async leave(ticket) {
      await http.post(`/v1/tickets/${ticket}/leave`, {}, ticketView)
    },
    async callOutOfTurn(ticket, ask) {
      await http.post(`/v1/tickets/${ticket}/out-of-turn`, ask, outOfTurnAnswer)
    },
    async ready(position) {
      await http.post(`/v1/positions/${position}/ready`, {}, anyBody)
    },
    async openShift() {
      await http.post('/v1/shifts', { openingCashPaise: 0 }, anyBody)
    },
    fills: async () => (await http.get('/v1/fills?limit=200', fillPage)).fills,
    syncStatus: () => http.get('/v1/sync-status', syncStatus),
  }
}
