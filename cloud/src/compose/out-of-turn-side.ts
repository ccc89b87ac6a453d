import type { Pool } from 'pg'
import type { OutOfTurnRoutes } from '../adapters/http/routes/out-of-turn.ts'
import { outOfTurnBookOf } from '../adapters/postgres/out-of-turn-book.ts'
import { callsCsv } from '../app/out-of-turn/calls-csv.ts'
import { exportOutOfTurn, readOutOfTurn } from '../app/out-of-turn/read-out-of-turn.ts'

/** The report of calls out of turn over the database. */
export function outOfTurnSide(pool: Pool): OutOfTurnRoutes {
  const book = outOfTurnBookOf(pool)
  return {
    report: (ask, reader) => readOutOfTurn(book, ask, reader),
    async csv(ask) {
      const { calls, more } = await exportOutOfTurn(book, ask)
      return { text: callsCsv(calls), more }
    },
  }
}
