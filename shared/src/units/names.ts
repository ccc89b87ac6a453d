import { assert } from '../faults/assert.ts'
import type { Brand } from './brand.ts'

/** The station's short number: the token's audience and the cloud's partition. */
export type StationNo = Brand<number, 'StationNo'>
/** Place where one vehicle is filled, numbered from 1 as painted on the ground. */
export type PositionNo = Brand<number, 'PositionNo'>
/** Line of vehicles, numbered from 1. */
export type LaneNo = Brand<number, 'LaneNo'>

export type BookingId = Brand<string, 'BookingId'>
/** One vehicle's place in the station's queue, booked or walk-in. */
export type TicketId = Brand<string, 'TicketId'>
export type FillId = Brand<string, 'FillId'>
export type CommandId = Brand<string, 'CommandId'>
export type AttendantId = Brand<string, 'AttendantId'>
export type ShiftId = Brand<string, 'ShiftId'>

/** A number plate in its one spelling; only `normalisePlate` of `domain/plate` makes it. */
export type Plate = Brand<string, 'Plate'>

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function whole(value: number, what: string): number {
  assert(Number.isSafeInteger(value) && value > 0, `${what} is a whole number above 0`)
  return value
}

function uuid(value: string, what: string): string {
  assert(uuidForm.test(value), `${what} is a lower-case UUID`)
  return value
}

export const stationNo = (n: number): StationNo => whole(n, 'station number') as StationNo
export const positionNo = (n: number): PositionNo => whole(n, 'position number') as PositionNo
export const laneNo = (n: number): LaneNo => whole(n, 'lane number') as LaneNo
export const bookingId = (s: string): BookingId => uuid(s, 'booking id') as BookingId
export const ticketId = (s: string): TicketId => uuid(s, 'ticket id') as TicketId
export const fillId = (s: string): FillId => uuid(s, 'fill id') as FillId
export const commandId = (s: string): CommandId => uuid(s, 'command id') as CommandId
export const attendantId = (s: string): AttendantId => uuid(s, 'attendant id') as AttendantId
export const shiftId = (s: string): ShiftId => uuid(s, 'shift id') as ShiftId

/** Vehicle classes the slot grid and the limits know (lanes.md section 4). */
export const vehicleClasses = ['auto', 'car', 'lcv', 'bus'] as const
export type VehicleClass = (typeof vehicleClasses)[number]

/** Nozzle profiles: NGV1 for small vehicles, NGV2 the high-flow profile (ISO 14469). */
export const nozzleTypes = ['ngv1', 'ngv2'] as const
export type NozzleType = (typeof nozzleTypes)[number]
