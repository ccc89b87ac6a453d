import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import type { LedgerFile } from '../../src/adapters/ledger/open-ledger.ts'
import type { StationNow } from '../../src/ports/ledger.ts'

export const testNow: StationNow = { at: instant(1_760_000_000_000), mono: mono(0), trusted: true }

/** A ledger of station 42 at a fixed moment. */
export function ledgerFile(file: string): LedgerFile {
  return {
    file,
    station: stationNo(42),
    boot: 'b0'.repeat(8),
    instance: '00000001-0000-7000-8000-0000000000aa',
    version: 'test',
    now: testNow,
  }
}
