import { present } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import type { TimeStore } from '../../ports/sync.ts'
import type { LedgerSession } from './ledger-session.ts'

type TimeRow = {
  readonly wall_floor_ms: number
  readonly last_server_time_ms: number | null
  readonly clock_offset_ms: number | null
}

export function timeStoreOf({ sqlite }: LedgerSession): TimeStore {
  const read = sqlite.prepare<[], TimeRow>(
    'SELECT wall_floor_ms, last_server_time_ms, clock_offset_ms FROM sync_meta WHERE id = 1',
  )
  const floor = sqlite.prepare('UPDATE sync_meta SET wall_floor_ms = ? WHERE id = 1')
  const exchange = sqlite.prepare(
    'UPDATE sync_meta SET last_server_time_ms = ?, clock_offset_ms = ? WHERE id = 1',
  )
  return {
    read() {
      const row = present(read.get(), 'sync_meta')
      const { last_server_time_ms: last } = row
      return {
        floor: instant(row.wall_floor_ms),
        lastServerTime: last === null ? null : instant(last),
        clockOffsetMs: row.clock_offset_ms,
      }
    },
    saveFloor: (at) => void floor.run(at),
    saveExchange: ({ serverTime, clockOffsetMs }) =>
      void exchange.run(serverTime, Math.round(clockOffsetMs)),
  }
}
