import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import type { PositionNo } from '@baari/shared/units/names'
import { millis, monoElapsed, type Mono } from '@baari/shared/units/time'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { PositionController } from '../position/position-controller.ts'
import type { Forecourt, Turns } from './forecourt.ts'

export type ForecourtParts = {
  readonly controllers: ReadonlyMap<PositionNo, PositionController>
  /** Positions of dispensers that no driver of this version speaks to. */
  readonly offline: Pick<Forecourt, 'facts'>
  readonly clock: Pick<Clock, 'mono'>
}

/**
 * How old facts may be when nothing was heard of a change: a fraction of the time between two polls
 * of a dispenser. Under load every scan asks for them.
 */
const factsHold = millis(10)

/** The controllers as the desk and the queue see them, in the order of their numbers. */
export function forecourtOf({ controllers, offline, clock }: ForecourtParts): {
  readonly forecourt: Forecourt
  /** To be called by the controllers whenever their facts changed. */
  readonly changed: () => void
} {
  const listeners = new Set<() => void>()
  const followers = new Set<Turns>()
  let held: { readonly facts: readonly PositionFacts[]; readonly at: Mono } | undefined

  function facts(): readonly PositionFacts[] {
    const at = clock.mono()
    if (held && monoElapsed(held.at, at) < factsHold) return held.facts
    const driven = [...controllers.values()].map((one) => one.facts())
    held = { facts: [...driven, ...offline.facts()].sort((a, b) => a.no - b.no), at }
    return held.facts
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
    changed: () => {
      held = undefined
      for (const call of listeners) call()
    },
    forecourt: {
      facts,
      carryOut(calls) {
        for (const call of calls) {
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
        listeners.add(call)
        return () => listeners.delete(call)
      },
    },
  }
}
