import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withoutCell, type TableCell } from '../tidy/complete-table.ts'

const root = resolve(import.meta.dirname, '../..')

/** One cell per state table of the house. */
const cells: readonly TableCell[] = [
  {
    file: 'scripts/test/fixtures/turnstile-states.ts',
    cell: /push: \(state\) => \(\{ state \}\),/,
    event: 'push',
  },
  {
    file: 'edge/src/domain/fill/rules-with-gas.ts',
    cell: /settle: settled,/,
    event: 'settle',
  },
  {
    file: 'edge/src/domain/check-in/use-states.ts',
    cell: / redeem: ok\('redeemed'\)(?= \},\n {2}released)/,
    event: 'redeem',
  },
  {
    file: 'edge/src/domain/sync/uplink-states.ts',
    cell: /gap: sendFrom,/,
    event: 'gap',
  },
  {
    file: 'shared/src/domain/booking/booking-state.ts',
    cell: /released: 'back',/,
    event: 'released',
  },
  {
    file: 'shared/src/domain/lease/station-lease.ts',
    cell: /wanted: \(ask\) => asking\([^\n]*\n/,
    event: 'wanted',
  },
  {
    file: 'shared/src/domain/lease/cloud-lease.ts',
    cell: /, return: fenced(?= \},\n {2}newer)/,
    event: 'return',
  },
  {
    file: 'cloud/src/domain/messaging/message-states.ts',
    cell: /over: 'expired',/,
    event: 'over',
  },
  {
    file: 'edge/src/domain/safety/trip-latch.ts',
    cell: /reset: \(s\) => \(\{ state: s, effects: \[\] \}\),/,
    event: 'reset',
  },
  {
    file: 'edge/src/domain/position/position-trouble.ts',
    cell: /ended: \(s, \{ by \}\) => \(by === s\.by \? sound : s\),/,
    event: 'ended',
  },
  {
    file: 'edge/src/domain/safety/interlocks.ts',
    cell: /when: \(\{ hoseTorn \}\) => hoseTorn,/,
    event: 'when',
  },
]

describe('a state table', () => {
  it.each(cells)('$file does not compile without its answer to $event', ({ event, ...cell }) => {
    expect(existsSync(join(root, cell.file)), cell.file).toBe(true)
    const { whole, holed } = withoutCell(root, cell)
    expect(whole).toEqual([])
    expect(holed.join('\n')).toContain(`Property '${event}' is missing in type`)
  })

  it('a pattern that finds more than one cell is refused, so no test passes by accident', () => {
    const file = 'scripts/test/fixtures/turnstile-states.ts'
    expect(() => withoutCell(root, { file, cell: /push/ })).toThrow('matches')
  })
})
