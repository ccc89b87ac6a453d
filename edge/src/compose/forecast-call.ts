import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import { startProcessCall, type ProcessCall } from '../runtime/process-call.ts'
import type { ForecastAnswer, ForecastAsk } from './forecast-process.ts'

/** A week takes 0.5 s of a core, a model's acceptance less. */
const answerWithin = seconds(60)

/**
 * The optimising compiler costs a process that lives half a second more than it brings: a fifth of its
 * time. What is short-lived is collected often, so that little of it is resident.
 */
export const forecastArguments: readonly string[] = [
  '--no-opt',
  '--max-semi-space-size=1',
  '--single-threaded-gc',
]

/**
 * The forecast's process, which ends after each answer: the runtime is native code of others and takes
 * some 50 MB, and the node keeps neither its faults nor its memory.
 * @param script the built process, where it is not beside this file
 */
export function startForecastCall(
  clock: Clock,
  script = new URL('./forecast-process.ts', import.meta.url),
): ProcessCall<ForecastAsk, ForecastAnswer> {
  return startProcessCall({ script, clock, within: answerWithin, nodeArguments: forecastArguments })
}
