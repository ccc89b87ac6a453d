import type { OutOfTurnCall } from '@baari/shared/contracts/http/out-of-turn-api'
import { positionNo, stationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { callsCsv } from '../../../src/app/out-of-turn/calls-csv.ts'

const id = '00000000-0000-7000-8000-000000000001'
const call: OutOfTurnCall = {
  ...{ call: id, station: stationNo(42), atMs: instant(Date.parse('2026-11-24T12:05:00Z')) },
  ...{ position: positionNo(3), staged: false, kind: 'walk-in', label: 'W-7' },
  ...{ plate: '•••• 7788', vehicleClass: 'auto', reason: 'other', note: '=1+1, "VIP"' },
  ...{ attendant: { id, name: 'A. P.' }, manager: { id, name: 'M.' } },
  passed: [
    { queue: 'booked', label: 'B 1234', waitedMs: 840_000, windowStartMs: null },
    { queue: 'walk-in', label: 'W-2', waitedMs: 60_000, windowStartMs: null },
  ],
  ...{ waitingBooked: 2, waitingWalkIn: 5, displaced: true },
  undoneAtMs: instant(Date.parse('2026-11-24T12:05:40Z')),
}

describe('calls out of turn as lines of text', () => {
  it('one line a call in IST; words that a sheet would reckon with are only words', () => {
    const [head = '', line = '', end] = callsCsv([call]).split('\r\n')
    expect(line).toBe(
      `42,2026-11-24,17:35,3,no,W-7,•••• 7788,auto,other,"'=1+1, ""VIP""",A. P.,${id},M.,${id},` +
        'B 1234 waited 14 min,W-2 waited 1 min,2,5,yes,2026-11-24 17:35',
    )
    expect(head.split(',')).toHaveLength(20)
    expect(end).toBe('')
  })

  it('of no call is the line of the columns', () => {
    expect(callsCsv([]).split('\r\n')).toHaveLength(2)
  })
})
