import { openLedgerCopy } from '@baari/edge/adapters/ledger/ledger-copy'
import { fillBooks, type NozzleBooks } from '@baari/edge/app/fill/fill-books-check'

export type LedgerFacts = {
  readonly books: readonly NozzleBooks[]
  /** Token uses with more than one redeem in the outbox. */
  readonly redeemedTwice: number
  /** Fills with more than one intent or more than one settle row. */
  readonly authorisedTwice: number
  readonly settledTwice: number
  readonly settled: number
  /** Authorises written down before they were sent, by position. */
  readonly intents: ReadonlyMap<number, number>
  readonly integrity: string
}

/** Books and counts of a ledger file or of a copy of it, from its rows alone; nothing is written. */
export function readLedgerFile(file: string): LedgerFacts {
  const { sqlite, fills, close } = openLedgerCopy(file)
  const number = (sql: string): number =>
    (sqlite.prepare(sql).get() as { readonly n: number } | undefined)?.n ?? 0
  try {
    return {
      books: fillBooks({ fills }),
      redeemedTwice: number(
        `SELECT count(*) AS n FROM (SELECT json_extract(raw, '$.b.booking') AS b,
           json_extract(raw, '$.b.useNo') AS u FROM outbox WHERE kind = 'checkin.redeemed'
           GROUP BY b, u HAVING count(*) > 1)`,
      ),
      authorisedTwice: number(twice('intent')),
      settledTwice: number(twice('settle')),
      settled: number(`SELECT count(*) AS n FROM fill WHERE state = 'settled'`),
      intents: new Map(
        sqlite
          .prepare<[], { readonly position: number; readonly n: number }>(
            `SELECT position, count(*) AS n FROM fill_log WHERE kind = 'intent' GROUP BY position`,
          )
          .all()
          .map(({ position, n }) => [position, n]),
      ),
      integrity: String(sqlite.pragma('integrity_check', { simple: true })),
    }
  } finally {
    close()
  }
}

function twice(kind: string): string {
  return `SELECT count(*) AS n FROM (SELECT fill FROM fill_log WHERE kind = '${kind}'
    GROUP BY fill HAVING count(*) > 1)`
}
