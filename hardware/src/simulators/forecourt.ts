import type { Clock } from '@baari/shared/runtime/clock'
import { millis, type Millis } from '@baari/shared/units/time'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

const usualStepMs = millis(50)
/** After a stall of the machine no more than this is made up at once. */
const longestStepMs = 1_000

export type Forecourt = { stop(): void }

/**
 * Lets time pass at the dispensers, on the clock given: free-running on a real one, stepwise on a
 * manual one. With `autopilot` people behave too: the nozzle is lifted when a sale is authorised,
 * and hung up when the gas has stopped.
 */
export function runForecourt(options: {
  readonly dispensers: readonly SimulatedDispenser[]
  readonly clock: Clock
  readonly autopilot?: boolean
  readonly stepMs?: Millis
  readonly onStep?: () => void
}): Forecourt {
  const { dispensers, clock, autopilot = false, stepMs = usualStepMs } = options
  let before = clock.mono()
  let cancel = clock.after('forecourt-step', stepMs, pass)

  function pass(): void {
    const now = clock.mono()
    const ms = millis(Math.min(longestStepMs, Math.round(now - before)))
    before = now
    for (const dispenser of dispensers) {
      dispenser.step(ms)
      if (autopilot) behave(dispenser)
    }
    options.onStep?.()
    cancel = clock.after('forecourt-step', stepMs, pass)
  }

  return { stop: () => cancel() }
}

function behave(dispenser: SimulatedDispenser): void {
  const { model } = dispenser
  const vehicle = model.vehicleRoomMilligrams !== null
  if (model.state === 'authorised' && vehicle && !model.nozzleOut) dispenser.liftNozzle()
  const full = model.vehicleRoomMilligrams === 0 && model.state === 'fuelling'
  if (model.nozzleOut && (full || model.state === 'completed')) {
    dispenser.hangUp()
    dispenser.vehicleLeaves()
  }
}
