import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { PositionNo } from '@baari/shared/units/names'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { PositionController } from '../position/position-controller.ts'
import type { Forecourt, Turns } from './forecourt.ts'
import { knownFacts } from './known-facts.ts'

export type ForecourtParts = {
  readonly controllers: ReadonlyMap<PositionNo, PositionController>
  /** Positions of dispensers that no driver of this version speaks to. */
  readonly offline: Pick<Forecourt, 'facts'>
  readonly clock: Pick<Clock, 'mono'>
}

/** The controllers as the desk and the queue see them, in the order of their numbers. */
export function forecourtOf({ controllers, offline, clock }: ForecourtParts): {
  readonly forecourt: Forecourt
  /** To be called for a position whenever it was looked at or its facts changed. */
  readonly changed: (position: PositionNo) => void
} {
  const listeners = { change: new Set<() => void>(), flow: new Set<() => void>() }
  const followers = new Set<Turns>()
  const known = knownFacts(controllers, clock)

  function facts(): readonly PositionFacts[] {
    return [...known.all(), ...offline.facts()].sort((a, b) => a.no - b.no)
  }

  function changed(no: PositionNo): void {
    const news = known.look(no)
    if (news === 'nothing') return
    for (const call of listeners[news]) call()
  }

  function at(
    position: PositionNo,
    act: (controller: PositionController) => Result<void, Refusal> | void,
  ): Result<null, Refusal> {
    const controller = controllers.get(position)
    if (!controller) return err(refusal('position_unavailable', { position }))
    const done = act(controller)
    return done && !done.ok ? done : ok(null)
  }

  return {
    changed,
    forecourt: {
      facts,
      carryOut(calls) {
        for (const call of calls) {
          // It was called elsewhere, where a fault came between: it stands called in one place only.
          for (const [no, one] of controllers) if (no !== call.position) one.withdraw(call.ticket)
          controllers.get(call.position)?.call(call)
          if (!call.staged) for (const { called } of followers) called(call)
        }
      },
      release(ticket) {
        for (const controller of controllers.values()) controller.withdraw(ticket)
        for (const { released } of followers) released(ticket)
      },
      ready: ({ position, limitGrams }) => at(position, (one) => one.ready(limitGrams)),
      stop: ({ position }) => at(position, (one) => one.stop()),
      close: ({ position, reason }) => at(position, (one) => one.close(reason)),
      open: ({ position }) => at(position, (one) => one.open()),
      meterCleared: (position) => controllers.get(position)?.meterCleared(),
      onTurn(turns) {
        followers.add(turns)
        return () => followers.delete(turns)
      },
      onChange(call) {
        listeners.change.add(call)
        return () => listeners.change.delete(call)
      },
      onFlow(call) {
        listeners.flow.add(call)
        return () => listeners.flow.delete(call)
      },
    },
  }
}
