import { refusal } from '@baari/shared/faults/no'
import { err } from '@baari/shared/faults/result'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { PositionSettings } from '../../ports/station-settings.ts'
import type { Forecourt } from './forecourt.ts'

/**
 * Positions whose dispensers this node does not drive: the queue and the screens see them offline,
 * nobody is called there and every act is refused.
 */
export function offlineForecourt(positions: readonly PositionSettings[]): Forecourt {
  const facts: readonly PositionFacts[] = positions.map(({ no, lane, nozzles }) => ({
    no,
    lane,
    nozzles,
    state: 'offline',
    ticket: null,
    freesInMs: null,
    fill: null,
    frozen: false,
    refused: null,
    fault: null,
  }))
  const refused = () => err(refusal('position_unavailable'))
  return {
    facts: () => facts,
    carryOut: () => undefined,
    release: () => undefined,
    ready: refused,
    stop: refused,
    close: refused,
    open: refused,
    meterCleared: () => undefined,
    onTurn: () => () => undefined,
    onChange: () => () => undefined,
    onFlow: () => () => undefined,
  }
}
