import type { ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { failed } from '../problem.ts'

export type FaultLog = (error: unknown, what: string) => void
/** True for an error that says the database is away, busy or starting. */
export type StoreAway = (error: unknown) => boolean

/** A stopped database is answered 503 with Retry-After and recovers by itself; the rest is a bug. */
export function faultsToProblems(storeAway: StoreAway, log: FaultLog): ErrorHandler {
  return (error, c) => {
    const tooSlow = error instanceof HTTPException && error.status === 504
    if (error instanceof HTTPException && !tooSlow) return failed(c, 'malformed', 400)
    if (tooSlow || storeAway(error)) {
      log(error, 'the database is away or too slow')
      c.header('retry-after', '2')
      return failed(c, 'store_away', 503)
    }
    log(error, 'a request failed')
    return failed(c, 'internal_fault', 500)
  }
}
