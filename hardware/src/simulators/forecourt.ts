import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { grams } from '@baari/shared/units/mass'
import { millis, type Millis } from '@baari/shared/units/time'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

const usualStepMs = millis(50)
/** After a stall of the machine no more than this is made up at once. */
const longestStepMs = 1_000

export type Forecourt = { stop(): void }

/**
 * Lets time pass at the dispensers, on the clock given: free-running on a real one, stepwise on a
 * manual one. With `autopilot` people behave too: when a sale is authorised a vehicle stands there
 * that wants a usual fill, its driver lifts the nozzle, and hangs it up when the gas has stopped.
 */
export function runForecourt(options: {
  readonly dispensers: readonly SimulatedDispenser[]
  readonly clock: Clock
  /** Chance by which simulated drivers want more or less; absent: nobody does anything. */
  readonly autopilot?: Prng | undefined
  readonly stepMs?: Millis
  readonly onStep?: () => void
}): Forecourt {
  const { dispensers, clock, autopilot, stepMs = usualStepMs } = options
  let before = clock.mono()
  let cancel = clock.after('forecourt-step', stepMs, pass)

  function pass(): void {
    const now = clock.mono()
    const ms = millis(Math.min(longestStepMs, Math.round(now - before)))
    before = now
    for (const dispenser of dispensers) {
      dispenser.step(ms)
      if (autopilot) behave(dispenser, autopilot)
    }
    options.onStep?.()
    cancel = clock.after('forecourt-step', stepMs, pass)
  }

  return { stop: () => cancel() }
}

/** What autos and small cars take. */
const leastGrams = 2_500
const spreadGrams = 3_500

function behave(dispenser: SimulatedDispenser, chance: Prng): void {
  const { model } = dispenser
  if (model.state === 'authorised' && !model.nozzleOut) {
    if (model.vehicleRoomMilligrams === null)
      dispenser.vehicleArrives(grams(leastGrams + Math.floor(chance.next() * spreadGrams)))
    dispenser.liftNozzle()
  }
  const full = model.vehicleRoomMilligrams === 0 && model.state === 'fuelling'
  if (model.nozzleOut && (full || model.state === 'completed')) {
    dispenser.hangUp()
    dispenser.vehicleLeaves()
  }
}
