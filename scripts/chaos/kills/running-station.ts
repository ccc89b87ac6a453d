import { assert } from '@baari/shared/faults/assert'
import { startSpeaker } from './spoken-lines.ts'

/** The simulated station in its own process: it delivers on while the node is dead. */
export type RunningStation = {
  readonly busPorts: readonly number[]
  /** Where people act on it. */
  readonly controlUrl: string
  close(): Promise<void>
}

const readyWithin = 30_000

export async function startStation(options: {
  readonly positions: number
  readonly seed: number
  readonly driver: string
  readonly loginsFile: string
  readonly flowGramsPerSecond: number
}): Promise<RunningStation> {
  const speaker = startSpeaker('hardware/src/simulators/main.ts', {
    ...process.env,
    BAARI_SIM_POSITIONS: String(options.positions),
    BAARI_SIM_DRIVER: options.driver,
    BAARI_SIM_LOGINS_FILE: options.loginsFile,
    BAARI_SIM_SEED: String(options.seed),
    BAARI_SIM_FLOW_GRAMS_PER_SECOND: String(options.flowGramsPerSecond),
    BAARI_SIM_AUTOPILOT: 'true',
  })
  const ready = await speaker.heard((line) => 'busPort' in line, readyWithin)
  assert(ready !== undefined, `the simulated station did not start: ${speaker.errors()}`)
  return {
    busPorts: ready['busPorts'] as readonly number[],
    controlUrl: `http://127.0.0.1:${Number(ready['controlPort'])}`,
    async close() {
      process.kill(speaker.pid, 'SIGTERM')
      await speaker.ended
    },
  }
}
