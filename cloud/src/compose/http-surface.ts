import { fileURLToPath } from 'node:url'
import { dirname } from 'node:path'
import type { Hono } from 'hono'
import type { StationNo } from '@baari/shared/units/names'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import { usualFill } from '@baari/shared/domain/slots/usual-fill'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { hours } from '@baari/shared/units/time'
import { cloudApp } from '../adapters/http/cloud-app.ts'
import type { FaultLog } from '../adapters/http/middleware/faults-to-problems.ts'
import type { ForecastRoutes } from '../adapters/http/routes/forecast-models.ts'
import type { WhatIfRoutes } from '../adapters/http/routes/what-if.ts'
import type { OperatorRoutes } from '../adapters/http/routes/operators.ts'
import { argon2Passwords } from '../adapters/keys/argon2-passwords.ts'
import { noCarrier } from '../adapters/messages/no-carrier.ts'
import { bookingFillsOf } from '../adapters/postgres/booking-fills.ts'
import { databaseOf } from '../adapters/postgres/database.ts'
import { idempotencyStoreOf } from '../adapters/postgres/idempotency.ts'
import { liveDeskOf } from '../adapters/postgres/live-desk.ts'
import { messageLogOf } from '../adapters/postgres/message-log.ts'
import { oneTimeCodesOf } from '../adapters/postgres/one-time-codes.ts'
import { driversOf, operatorsOf } from '../adapters/postgres/people.ts'
import { isDatabaseAway } from '../adapters/postgres/pool.ts'
import { driverSessionsOf, operatorSessionsOf } from '../adapters/postgres/sessions.ts'
import { tokenDelaysOf } from '../adapters/postgres/token-delays.ts'
import { stationLivesOf } from '../adapters/postgres/station-lives.ts'
import { stationLedgers } from '../adapters/postgres/sync/ledger-store.ts'
import { syncDeskOf } from '../adapters/postgres/sync/sync-desk.ts'
import { linkDesk } from '../adapters/postgres/sync/link-desk.ts'
import { cancelBooking } from '../app/bookings/cancel-booking.ts'
import { confirmHold } from '../app/bookings/confirm-hold.ts'
import { answerOffer, joinWaitlist, type StandbyDeps } from '../app/bookings/standby.ts'
import { answerRetime } from '../app/bookings/retime.ts'
import { declareCut, type CutDeps } from '../app/bookings/supply-cut.ts'
import { sayLate } from '../app/bookings/say-late.ts'
import { enterLot, type LotDeps } from '../app/bookings/lots.ts'
import { listWindows } from '../app/bookings/list-windows.ts'
import { makeBooking } from '../app/bookings/make-booking.ts'
import { readLive } from '../app/live/read-live.ts'
import { askCode } from '../app/people/ask-code.ts'
import { registerVehicle } from '../app/people/register-vehicle.ts'
import { signInDriver } from '../app/people/sign-in-driver.ts'
import { signInOperator } from '../app/people/sign-in-operator.ts'
import { readSales, readStationLedger } from '../app/sync/read-ledger.ts'
import { readDeadLetters } from '../app/sync/sync-desk.ts'
import type { CloudConfig } from '../config.ts'
import type { MessageSide } from './message-side.ts'
import type { CloudKeys } from './keys.ts'
import { outOfTurnSide } from './out-of-turn-side.ts'
import type { RecommendSide } from './recommend-side.ts'

export type SurfaceParts = {
  readonly config: CloudConfig
  readonly pool: Pool
  readonly clock: Clock
  readonly ids: IdSource
  readonly keys: CloudKeys
  readonly sale: StandbyDeps & CutDeps & LotDeps
  readonly registry: Registry
  readonly log: FaultLog
  readonly stationSide: readonly Hono[]
  readonly giveEnrolCode: OperatorRoutes['giveEnrolCode']
  readonly forecast: ForecastRoutes
  readonly whatIf: WhatIfRoutes
  readonly recommend: RecommendSide
  readonly messages: Pick<MessageSide, 'carrier'>
}

/** The HTTP surface with everything behind it. */
export async function httpSurface(parts: SurfaceParts) {
  const { config, pool, clock, registry } = parts
  const people = await peopleParts(parts)
  return cloudApp({
    health: {
      databaseAnswers: () =>
        pool.query('SELECT 1').then(
          () => true,
          () => false,
        ),
      carrier: parts.messages.carrier !== undefined,
      metrics: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    },
    ...people,
    ...saleParts(parts),
    operators: { ...operatorParts(pool), giveEnrolCode: parts.giveEnrolCode },
    supply: {
      declare: (cut) => declareCut(parts.sale, cut),
      end: (station) => parts.sale.cuts.end(station, clock.now()),
    },
    syncDesk: syncDeskParts(pool, clock),
    linkDesk: linkDesk(pool, clock),
    live: { live: () => readLive({ desk: liveDeskOf(pool), clock }) },
    outOfTurn: outOfTurnSide(pool),
    whatIf: parts.whatIf,
    forecast: parts.forecast,
    stationFeedback: { ...parts.recommend.operators, stations: parts.sale.stations },
    idempotency: idempotencyStoreOf(databaseOf(pool), parts.ids),
    clock,
    registry,
    origins: config.origins,
    storeAway: isDatabaseAway,
    log: parts.log,
    driverWebFolder: config.driverWebFolder,
    dashboardFolder: config.dashboardFolder,
    docsAssetFolder: dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json'))),
    stationSide: parts.stationSide,
  })
}

async function peopleParts({ config, pool, clock, ids, keys, messages }: SurfaceParts) {
  const db = databaseOf(pool)
  const stores = { db, vault: keys.vault, clock, ids }
  const drivers = driversOf(stores)
  const codes = oneTimeCodesOf({ pool, vault: keys.vault, pepper: keys.pepper, ids })
  const log = messageLogOf(stores)
  const sender = messages.carrier ?? noCarrier
  const operators = operatorsOf(db)
  const passwords = await argon2Passwords(ids.hex(16))
  const driverSessions = driverSessionsOf({ db, clock, lifetime: hours(24 * 30) })
  const operatorSessions = operatorSessionsOf({ db, clock, lifetime: hours(12) })
  return {
    signIn: {
      askCode: (ask: Parameters<typeof askCode>[1]) =>
        askCode({ codes, sender, log, clock, ids }, ask),
      signInDriver: (attempt: Parameters<typeof signInDriver>[1]) =>
        signInDriver({ codes, drivers, sessions: driverSessions, clock }, attempt),
      signInOperator: (attempt: Parameters<typeof signInOperator>[1]) =>
        signInOperator({ operators, passwords, sessions: operatorSessions, clock }, attempt),
      driverSessions,
      operatorSessions,
      cookies: { secure: config.secureCookies },
      trustedProxies: config.trustedProxies,
    },
    operatorAccess: { sessions: operatorSessions, operators },
    drivers: {
      drivers,
      registerVehicle: (driver: string, wish: Parameters<typeof registerVehicle>[2]) =>
        registerVehicle({ drivers }, driver, wish),
    },
  }
}

function saleParts({ pool, clock, ids, keys, sale, recommend }: SurfaceParts) {
  const { book, stations } = sale
  const db = databaseOf(pool)
  const drivers = driversOf({ db, vault: keys.vault, clock, ids })
  return {
    stations: {
      stations,
      lives: stationLivesOf(pool),
      lot: sale.lots.shown,
      lent: async (no: StationNo) => (await book.term(no)) !== undefined,
      clock,
      windows: (ask: Omit<Parameters<typeof listWindows>[1], 'gas'>) =>
        listWindows(sale, { ...ask, gas: usualFill[ask.vehicleClass] }),
    },
    bookings: {
      make: (wish: Parameters<typeof makeBooking>[1]) => makeBooking(sale, wish),
      join: (wish: Parameters<typeof joinWaitlist>[1]) => joinWaitlist(sale, wish),
      answer: (own: Parameters<typeof answerOffer>[1]) => answerOffer(sale, own),
      confirm: (own: Parameters<typeof confirmHold>[1]) => confirmHold(sale, own),
      cancel: (own: Parameters<typeof cancelBooking>[1]) => cancelBooking(sale, own),
      alternatives: recommend.alternatives,
      ...recommend.routes,
      book,
      drivers,
      stations,
      fills: bookingFillsOf(db),
      delays: tokenDelaysOf(db),
      lives: stationLivesOf(pool),
      clock,
      retimes: sale.retimes,
      enter: (wish: Parameters<typeof enterLot>[1]) => enterLot(sale, wish),
      retime: (own: Parameters<typeof answerRetime>[1]) => answerRetime(sale, own),
      late: (own: Parameters<typeof sayLate>[1]) => sayLate(sale, own),
    },
  }
}

function operatorParts(pool: Pool) {
  const ledgers = stationLedgers(pool)
  return {
    ledger: (no: number) => readStationLedger(ledgers, no),
    sales: (no: number, page: Parameters<typeof readSales>[2]) => readSales(ledgers, no, page),
  }
}

function syncDeskParts(pool: Pool, clock: Clock) {
  const desk = syncDeskOf(pool)
  return {
    desk,
    deadLetters: (no: number, page: Parameters<typeof readDeadLetters>[2]) =>
      readDeadLetters(desk, no, page),
    clock,
  }
}
