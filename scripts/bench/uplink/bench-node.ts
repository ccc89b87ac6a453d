import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import type { BenchCloud } from './bench-cloud.ts'
import type { EdgeAsk, EdgeReply } from './edge-messages.ts'

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

type Kind = EdgeReply['kind']
type ReplyOf<K extends Kind> = Extract<EdgeReply, { kind: K }>

function ask<K extends Kind>(child: ChildProcess, question: EdgeAsk, kind: K): Promise<ReplyOf<K>> {
  const answered = reply(child, kind)
  child.send(question)
  return answered
}

function reply<K extends Kind>(child: ChildProcess, kind: K): Promise<ReplyOf<K>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => done(() => reject(new Error(`no ${kind}`))), answerWithinMs)
    const done = (end: () => void): void => {
      clearTimeout(late)
      child.off('message', hear).off('exit', ended)
      end()
    }
    const hear = (message: EdgeReply): void => {
      if (message.kind === 'failed') done(() => reject(new Error(message.reason)))
      else if (message.kind === kind) done(() => resolve(message as ReplyOf<K>))
    }
    const ended = (code: number | null): void =>
      done(() => reject(new Error(`the bench's node ended with code ${String(code)}`)))
    child.on('message', hear).on('exit', ended)
  })
}
