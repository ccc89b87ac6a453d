import { fork } from 'node:child_process'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import { askChild, childAnswer } from '../ask-child.ts'
import type { LoadAsk, LoadReply } from './telemetry-messages.ts'

type Rounded = Extract<LoadReply, { kind: 'rounded' }>
type Compared = Extract<LoadReply, { kind: 'compared' }>

/** The MQTT clients of one run. */
export type TelemetryLoad = {
  round(forMs: number, inFlight: number): Promise<Rounded>
  until(acknowledged: number, inFlight: number): Promise<void>
  /** Only when the node is dead. */
  compare(file: string): Promise<Compared>
  stop(): Promise<void>
}

const answerWithinMs = 60_000
const longestRunMs = 3_600_000

export async function startTelemetryLoad(port: number, devices: number): Promise<TelemetryLoad> {
  const child = fork(new URL('./load-process.ts', import.meta.url), {
    execArgv: [...typeScriptArguments()],
  })
  const ask = <K extends LoadReply['kind']>(
    question: LoadAsk,
    kind: K,
    withinMs = answerWithinMs,
  ): Promise<Extract<LoadReply, { kind: K }>> =>
    askChild<LoadReply, K>(child, question, { kind, withinMs })
  await childAnswer<LoadReply, 'ready'>(child, { kind: 'ready', withinMs: answerWithinMs })
  await ask({ kind: 'connect', port, devices }, 'connected')
  return {
    round: (forMs, inFlight) =>
      ask({ kind: 'round', forMs, inFlight }, 'rounded', forMs + answerWithinMs),
    async until(acknowledged, inFlight) {
      await ask({ kind: 'until', acknowledged, inFlight }, 'reached', longestRunMs)
    },
    compare: (file) => ask({ kind: 'compare', file }, 'compared', 10 * answerWithinMs),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send({ kind: 'stop' } satisfies LoadAsk)
      await gone
    },
  }
}
