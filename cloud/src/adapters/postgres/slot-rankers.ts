import { rankerVerdict } from '@baari/shared/contracts/http/recommend-api'
import { unjudged } from '@baari/shared/domain/recommend/slots/fit-ranker'
import { firstRanker } from '@baari/shared/domain/recommend/slots/slot-ranker'
import { present } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { firstFacts } from '../../domain/recommend/ranker-facts.ts'
import type { FittedRanker, SlotRankers } from '../../ports/slot-recommendation.ts'
import { rankerJson, readFacts, readRanker } from './ranker-json.ts'

type Row = {
  readonly version: number
  readonly ranker: unknown
  readonly facts: unknown
  readonly verdict: unknown
}

/** "SLOTS": one process fits at a time. */
const fitLock = 0x53_4c_4f_54

/** Rankers in PostgreSQL; the newest is read once and then only asked whether it still is. */
export function slotRankersOf(pool: Pool): SlotRankers {
  let held: (FittedRanker & { readonly version: number }) | undefined
  const newestAt = async () => {
    const { rows } = await pool.query<{ version: number; fitted_at_ms: string }>(
      'SELECT version, fitted_at_ms FROM slot_ranker ORDER BY version DESC LIMIT 1',
    )
    return rows[0]
  }
  return {
    async newest() {
      const version = (await newestAt())?.version
      if (version === undefined || version === held?.version) return held
      const { rows } = await pool.query<Row>('SELECT * FROM slot_ranker WHERE version = $1', [
        version,
      ])
      held = rows[0] && fittedOf(rows[0])
      return held
    },
    async newestAt() {
      const row = await newestAt()
      return row && instant(Number(row.fitted_at_ms))
    },
    async add({ ranker, facts, verdict }, at) {
      const { rows } = await pool.query<{ version: number }>(
        `INSERT INTO slot_ranker (ranker, facts, verdict, fitted_at_ms) VALUES ($1, $2, $3, $4)
         RETURNING version`,
        [rankerJson(ranker), JSON.stringify(facts), JSON.stringify(verdict), at],
      )
      return present(rows[0], 'the new ranker').version
    },
    async alone(work) {
      const client = await pool.connect()
      try {
        const { rows } = await client.query<{ got: boolean }>(
          'SELECT pg_try_advisory_lock($1) AS got',
          [fitLock],
        )
        if (rows[0]?.got !== true) return false
        try {
          await work()
          return true
        } finally {
          await client.query('SELECT pg_advisory_unlock($1)', [fitLock])
        }
      } finally {
        client.release()
      }
    },
  }
}

/** What another version of the code wrote is not guessed at: then the start values serve. */
function fittedOf({ version, ranker, facts, verdict }: Row): FittedRanker & { version: number } {
  const read = readRanker(ranker)
  return {
    version: read === undefined ? 0 : version,
    ranker: read ?? firstRanker(),
    facts: readFacts(facts) ?? firstFacts,
    verdict: (read && rankerVerdict.safeParse(verdict).data) ?? unjudged,
  }
}
