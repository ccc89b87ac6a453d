import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import type { BenchCloud } from './bench-cloud.ts'
import type { EdgeAsk, EdgeReply } from './edge-messages.ts'
import { askChild, childAnswer } from '../ask-child.ts'

export type BenchNode = {
  append(bookings: readonly string[], fromMs: number): Promise<number>
  drain(): Promise<Extract<EdgeReply, { kind: 'drained' }>>
  replay(): Promise<Extract<EdgeReply, { kind: 'replayed' }>>
  stop(): Promise<void>
}

const answerWithinMs = 300_000

/** The station's node of the bench, in a process of its own. */
export async function startBenchNode(options: {
  readonly folder: string
  readonly cloud: BenchCloud
  readonly seed: number
}): Promise<BenchNode> {
  const { folder, cloud, seed } = options
  const child = fork(new URL('./edge-process.ts', import.meta.url), {
    execArgv: [...typeScriptArguments()],
    env: {
      ...process.env,
      BENCH_LEDGER: join(folder, 'ledger.db'),
      BENCH_CLOUD: cloud.url,
      BENCH_STATION: String(cloud.station.no),
      BENCH_KID: String(cloud.station.kid),
      BENCH_KEY_PEM: cloud.station.keyPem,
      BENCH_SEED: String(seed),
    },
  })
  await reply(child, 'ready')
  await ask(child, { kind: 'follow' }, 'following')
  return {
    async append(bookings, fromMs) {
      return (await ask(child, { kind: 'append', bookings, fromMs }, 'appended')).ops
    },
    drain: () => ask(child, { kind: 'drain' }, 'drained'),
    replay: () => ask(child, { kind: 'replay' }, 'replayed'),
    async stop() {
      if (child.exitCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send({ kind: 'stop' } satisfies EdgeAsk)
      await gone
    },
  }
}

function ask<K extends EdgeReply['kind']>(child: ChildProcess, question: EdgeAsk, kind: K) {
  return askChild<EdgeReply, K>(child, question, { kind, withinMs: answerWithinMs })
}

function reply<K extends EdgeReply['kind']>(child: ChildProcess, kind: K) {
  return childAnswer<EdgeReply, K>(child, { kind, withinMs: answerWithinMs })
}
