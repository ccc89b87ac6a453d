import type { Operator } from '../../ports/people.ts'

/** What the sign-in checks leave for the handlers behind them. */
export type CloudEnv = {
  Variables: {
    /** Scope of idempotency keys: `driver:<id>` or `operator:<id>`. */
    principal: string
    driver: string
    operator: Operator
  }
}
