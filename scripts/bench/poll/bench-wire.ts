import { fork } from 'node:child_process'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import { askChild, childAnswer } from '../ask-child.ts'
import type { Breakage, LinePlan, WireAsk, WireReply } from './wire-messages.ts'

export type BenchWire = {
  /** Where each line is offered on loopback. */
  readonly ports: readonly number[]
  count(line: number): Promise<Extract<WireReply, { kind: 'counted' }>>
  sell(line: number): Promise<void>
  silence(line: number, address: number): Promise<void>
  /** Answers when it was done, on the clock that all processes share. */
  break(line: number, how: Breakage): Promise<number>
  mend(line: number): Promise<number>
  stop(): Promise<void>
}

const answerWithinMs = 30_000

export async function startBenchWire(lines: readonly LinePlan[], seed: number): Promise<BenchWire> {
  const child = fork(new URL('./wire-process.ts', import.meta.url), {
    execArgv: [...typeScriptArguments()],
  })
  const ask = <K extends WireReply['kind']>(question: WireAsk, kind: K) =>
    askChild<WireReply, K>(child, question, { kind, withinMs: answerWithinMs })
  await childAnswer<WireReply, 'ready'>(child, { kind: 'ready', withinMs: answerWithinMs })
  const { ports } = await ask({ kind: 'open', lines, seed }, 'opened')
  return {
    ports,
    count: (line) => ask({ kind: 'count', line }, 'counted'),
    sell: async (line) => void (await ask({ kind: 'sell', line }, 'done')),
    silence: async (line, address) => void (await ask({ kind: 'silence', line, address }, 'done')),
    break: async (line, how) => (await ask({ kind: 'break', line, how }, 'done')).atMs,
    mend: async (line) => (await ask({ kind: 'mend', line }, 'done')).atMs,
    async stop() {
      if (child.exitCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send({ kind: 'stop' } satisfies WireAsk)
      await gone
    },
  }
}
