import { dayNumber, instant, millis } from '@baari/shared/units/time'
import type { StationDelay, StationDelays } from '../../ports/station-delays.ts'
import { keptRead } from './kept-read.ts'
import type { LedgerSession } from './ledger-session.ts'

type Row = {
  readonly day: number
  readonly delay_ms: number
  readonly from_ms: number
  readonly late_until_ms: number
}

const unsignedMax = 20

/** A few rows for each late day, kept in memory: every scan asks for those of two days. */
export function stationDelaysOf(session: LedgerSession): StationDelays {
  const { sqlite } = session
  const all = sqlite.prepare<[], Row>('SELECT * FROM station_delay ORDER BY day, delay_ms')
  const kept = keptRead(session, () => all.all().map(delayOf))
  const add = sqlite.prepare(
    `INSERT INTO station_delay (day, delay_ms, from_ms, late_until_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const late = sqlite.prepare<[{ readonly day: number; readonly at: number }]>(
    `UPDATE station_delay SET late_until_ms = max(late_until_ms, @at) WHERE day = @day AND delay_ms =
       (SELECT max(delay_ms) FROM station_delay WHERE day = @day)`,
  )
  const unsigned = sqlite.prepare<[number], Row>(
    'SELECT * FROM station_delay WHERE sig IS NULL ORDER BY from_ms, delay_ms LIMIT ?',
  )
  const sign = sqlite.prepare(
    'UPDATE station_delay SET kid = ?, sig = ? WHERE day = ? AND delay_ms = ? AND sig IS NULL',
  )
  const drop = sqlite.prepare('DELETE FROM station_delay WHERE day < ?')
  return {
    of: (days) => kept.get().filter(({ day }) => days.includes(day)),
    add({ day, delayMs, fromMs, lateUntil }) {
      kept.changed()
      add.run(day, delayMs, fromMs, lateUntil)
    },
    stillLate(day, at) {
      kept.changed()
      late.run({ day, at })
    },
    unsigned: () => unsigned.all(unsignedMax).map(delayOf),
    sign: ({ day, delayMs }, { kid, sig }) => sign.run(kid, sig, day, delayMs).changes === 1,
    dropBefore(day) {
      kept.changed()
      drop.run(day)
    },
  }
}

function delayOf({ day, delay_ms, from_ms, late_until_ms }: Row): StationDelay {
  return {
    day: dayNumber(day),
    delayMs: millis(delay_ms),
    fromMs: instant(from_ms),
    lateUntil: instant(late_until_ms),
  }
}
