import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { PositionNo } from '@baari/shared/units/names'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { AlarmDesk } from '../../ports/alarm-desk.ts'
import { positionAlarm } from '../fill/read-positions.ts'

/** Raises the faults of positions, and clears them when the position shows none any more. */
export function faultEndings(alarms: AlarmDesk): {
  raise(position: PositionNo, code: FaultCode): void
  /** It was raised before this start, and its alarm is open still. */
  recall(position: PositionNo, code: FaultCode): void
  /** Asks for the facts only while a fault is open: this is called with every frame of every head. */
  look(facts: () => readonly PositionFacts[]): void
} {
  const open = new Map<PositionNo, Set<FaultCode>>()
  const recall = (position: PositionNo, code: FaultCode): void =>
    void open.set(position, (open.get(position) ?? new Set()).add(code))
  return {
    recall,
    raise(position, code) {
      recall(position, code)
      alarms.raise({ ...positionAlarm(position, code), detail: '' })
    },
    look(facts) {
      if (open.size === 0) return
      for (const { no, fault, state } of facts()) {
        if (fault !== null || state === 'fault' || state === 'offline') continue
        for (const code of open.get(no) ?? []) alarms.clear(positionAlarm(no, code))
        open.delete(no)
      }
    },
  }
}
