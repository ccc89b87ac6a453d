import {
  booking,
  driver,
  stationLedger,
  vehicle,
  type Booking,
  type StationLedger,
  type Vehicle,
} from '@baari/shared/contracts/http/cloud-api'
import { enrolCodeAnswer, type EnrolCodeAnswer } from '@baari/shared/contracts/sync/enrol'
import type { VehicleClass } from '@baari/shared/units/names'
import { z } from 'zod'
import { anyBody, jsonCaller, type JsonCaller } from './json-caller.ts'
import { waitUntil } from './wait-until.ts'

export type VehicleAsk = {
  readonly plate: string
  readonly vehicleClass: VehicleClass
  readonly retestValidUntil: string
}

export type BookingAsk = {
  readonly station: number
  readonly windowStartMs: number
  readonly vehicle: string
  readonly grams: number
}

/** A driver's phone. */
export type DriverCaller = {
  addVehicle(ask: VehicleAsk): Promise<Vehicle>
  book(ask: BookingAsk): Promise<Booking>
  /** Keeps a window for ten minutes. */
  hold(ask: BookingAsk): Promise<Booking>
  cancel(id: string): Promise<Booking>
}

const sandboxLog = z.object({ messages: z.array(z.object({ body: z.string() })) })

/** Signs a driver in with the code that the sandbox shows instead of sending it. */
export async function signInDriver(
  at: { readonly cloudUrl: string; readonly sandboxUrl: string },
  phone: string,
): Promise<DriverCaller> {
  const http = jsonCaller({ baseUrl: at.cloudUrl })
  await http.post('/v1/auth/otp', { phone, language: 'en' }, anyBody)
  const code = await codeFromSandbox(at.sandboxUrl, phone)
  await http.post('/v1/auth/verify', { phone, code }, driver)
  return {
    addVehicle: (ask) => http.post('/v1/vehicles', { ...ask, nozzle: 'ngv1' }, vehicle),
    book: (ask) => http.post('/v1/bookings', { ...ask, payment: 'pump' }, booking),
    hold: (ask) => http.post('/v1/holds', { ...ask, payment: 'pump' }, booking),
    cancel: (id) => http.post(`/v1/bookings/${id}/cancel`, {}, booking),
  }
}

async function codeFromSandbox(sandboxUrl: string, phone: string): Promise<string> {
  const sandbox: JsonCaller = jsonCaller({ baseUrl: sandboxUrl })
  const path = `/log?limit=1&to=${encodeURIComponent(phone)}`
  return waitUntil({ what: `the code for ${phone}`, withinMs: 5_000 }, async () => {
    const { messages } = await sandbox.get(path, sandboxLog)
    return /\b\d{6}\b/.exec(messages[0]?.body ?? '')?.[0]
  })
}

/** Head office. */
export type OperatorCaller = {
  /** What the uplink has applied for a station. */
  ledger(station: number): Promise<StationLedger>
  /** A code with which a node enrols as this station. */
  giveEnrolCode(station: number): Promise<EnrolCodeAnswer>
}

export async function signInOperator(
  cloudUrl: string,
  login: { readonly email: string; readonly password: string },
): Promise<OperatorCaller> {
  const http = jsonCaller({ baseUrl: cloudUrl })
  await http.post('/v1/operator/sign-in', login, anyBody)
  return {
    ledger: (station) => http.get(`/v1/operator/stations/${station}/ledger`, stationLedger),
    giveEnrolCode: (station) =>
      http.post(`/v1/stations/${station}/enrol-code`, {}, enrolCodeAnswer),
  }
}
