import { describe, expect, it } from 'vitest'
import { alarmSeverityOf, byUrgency } from '../../../src/domain/alarms/alarm-severity.ts'

describe('how urgent an alarm is', () => {
  it('a stop is danger, a position that stands has to be acted on, the rest is a note', () => {
    const of = (source: string, code: string) => alarmSeverityOf({ source, code })
    expect(of('safety', 'all_stop')).toBe('danger')
    expect(of('position', 'idle_with_queue')).toBe('act')
    expect(of('uplink', 'fenced')).toBe('act')
    expect(of('uplink', 'refused')).toBe('note')
    expect(of('hydrogen', 'a_code_of_tomorrow')).toBe('note')
  })

  it('danger stands first, and of equal ones the oldest', () => {
    const alarms = [
      { severity: 'note', sinceMs: 1 },
      { severity: 'act', sinceMs: 9 },
      { severity: 'danger', sinceMs: 30 },
      { severity: 'act', sinceMs: 8 },
    ] as const
    expect(alarms.toSorted(byUrgency).map(({ sinceMs }) => sinceMs)).toEqual([30, 8, 9, 1])
  })
})
