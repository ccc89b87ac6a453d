import {
  booking,
  bookingPage,
  driver,
  lotEntry,
  lotResult,
  stationList,
  vehicle,
  windowList,
  type Booking,
  type Driver,
  type LotEntry,
  type LotResult,
  type StationList,
  type Vehicle,
  type WindowList,
} from '@baari/shared/contracts/http/cloud-api'
import {
  onTheWayAnswer,
  recommendations,
  type OnTheWayAnswer,
  type Recommendations,
} from '@baari/shared/contracts/http/recommend-api'
import { problem } from '@baari/shared/contracts/http/problem'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { z } from 'zod'

/** Why there is no answer: the cloud's code, or `offline` when it cannot be reached. */
export type CloudProblem = {
  readonly code: string
  /** Other windows to choose from when the wanted one is full. */
  readonly alternatives: readonly number[]
}

export type Answer<T> = Promise<Result<T, CloudProblem>>

// 2G: a round trip takes 400 ms and a busy cell several seconds; past this the driver is told.
const deadlineMs = 20_000

async function request<S extends z.ZodType>(
  path: string,
  schema: S,
  init: RequestInit = {},
): Answer<z.output<S>> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), deadlineMs)
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal: stop.signal })
    const text = await response.text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    if (!response.ok) {
      const parsed = problem.safeParse(body)
      return err({
        code: parsed.data?.code ?? 'failed',
        alternatives: (parsed.data?.alternatives ?? []).map((each) => each.startMs),
      })
    }
    const parsed = schema.safeParse(body)
    return parsed.success ? ok(parsed.data) : err({ code: 'failed', alternatives: [] })
  } catch {
    return err({ code: 'offline', alternatives: [] })
  } finally {
    clearTimeout(timer)
  }
}

type Write = { readonly path: string; readonly body: unknown; readonly key?: string }

function post<S extends z.ZodType>({ path, body, key }: Write, schema: S): Answer<z.output<S>> {
  return request(path, schema, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key ?? newKey() },
    body: JSON.stringify(body),
  })
}

/** One intent, one key: a retry after a lost answer sends the same key again. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const anything = {
  safeParse: () => ({ success: true as const, data: null }),
} as unknown as z.ZodType<null>

export type NewVehicle = {
  readonly plate: string
  readonly vehicleClass: string
  readonly retestValidUntil: string
}

export type NewBooking = {
  readonly station: number
  readonly windowStartMs: number
  readonly vehicle: string
  readonly grams: number
}

export type SlotsAsked = {
  readonly station: number
  readonly vehicle: string
  readonly wishedMs?: number
  /** Of about a kilometre; only with the driver's consent. */
  readonly cell?: string
}

const ofBooking = (id: string, what: string): string =>
  `/v1/bookings/${encodeURIComponent(id)}/${what}`

/** The cloud's HTTP API as drivers use it (contracts/http/cloud-api). */
export const cloudClient = {
  sendCode: (phone: string, language: 'en' | 'hi'): Answer<null> =>
    post({ path: '/v1/auth/otp', body: { phone, language } }, anything),
  verify: (phone: string, code: string): Answer<Driver> =>
    post({ path: '/v1/auth/verify', body: { phone, code } }, driver),
  me: (): Answer<Driver> => request('/v1/me', driver),
  addVehicle: (body: NewVehicle): Answer<Vehicle> => post({ path: '/v1/vehicles', body }, vehicle),
  stations: (): Answer<StationList> => request('/v1/stations', stationList),
  windows: (station: number, vehicleClass: string): Answer<WindowList> =>
    request(
      `/v1/stations/${station}/windows?class=${encodeURIComponent(vehicleClass)}`,
      windowList,
    ),
  book: (body: NewBooking, key: string): Answer<Booking> =>
    post({ path: '/v1/bookings', body, key }, booking),
  enterLot: (body: NewBooking, key: string): Answer<LotEntry> =>
    post({ path: '/v1/lots', body, key }, lotEntry),
  lot: (station: number, hourMs: number): Answer<LotResult> =>
    request(`/v1/stations/${station}/lots/${hourMs}`, lotResult),
  booking: (id: string): Answer<Booking> =>
    request(`/v1/bookings/${encodeURIComponent(id)}`, booking),
  bookings: async (): Answer<readonly Booking[]> => {
    const page = await request('/v1/bookings?limit=20', bookingPage)
    return page.ok ? ok(page.value.bookings) : page
  },
  recommend: (body: SlotsAsked): Answer<Recommendations> =>
    post({ path: '/v1/recommendations', body }, recommendations),
  onTheWay: (id: string, cell: string): Answer<OnTheWayAnswer> =>
    post({ path: ofBooking(id, 'on-the-way'), body: { cell } }, onTheWayAnswer),
  rate: (id: string, fill: string, stars: number): Answer<Booking> =>
    post({ path: ofBooking(id, 'feedback'), body: { fill, stars } }, booking),
  retime: (id: string, answer: 'accept' | 'decline'): Answer<Booking> =>
    post({ path: `/v1/bookings/${encodeURIComponent(id)}/retime`, body: { answer } }, booking),
  late: (id: string, minutes: number): Answer<Booking> =>
    post({ path: `/v1/bookings/${encodeURIComponent(id)}/late`, body: { minutes } }, booking),
  cancel: (id: string): Answer<Booking> =>
    post({ path: `/v1/bookings/${encodeURIComponent(id)}/cancel`, body: {} }, booking),
}
