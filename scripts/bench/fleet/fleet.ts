import { fork, type ChildProcess } from 'node:child_process'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import type { FleetAsk, FleetReply, FleetWork } from './fleet-messages.ts'
import { askChild, childAnswer } from '../ask-child.ts'

export type Fleet = {
  readonly publicKeys: readonly string[]
  /** The next so many sign in and begin to follow; ms. */
  connect(count: number): Promise<number>
  serve(input: Omit<Extract<FleetAsk, { kind: 'serve' }>, 'kind'>): Promise<FleetWork>
  drain(bookings: number): Promise<FleetWork>
  /** When the booking came down at its station; undefined when it did not within 30 s. */
  seen(booking: string): Promise<number | undefined>
  stop(): Promise<void>
}

export type FleetOptions = { readonly count: number; readonly cloud: string; readonly seed: number }

const answerWithinMs = 300_000
const seenWithinMs = 30_000

/** The stations of the bench, in a process of their own. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const child = fork(new URL('./fleet-process.ts', import.meta.url), {
    execArgv: [...typeScriptArguments()],
  })
  const waiting = new Map<string, (atMs: number | undefined) => void>()
  child.on('message', (reply: FleetReply) => {
    if (reply.kind === 'seen') waiting.get(reply.booking)?.(reply.atMs)
  })
  await replyOf(child, 'ready')
  const { publicKeys } = await ask(child, { kind: 'make', ...options }, 'made')
  return {
    publicKeys,
    async connect(count) {
      return (await ask(child, { kind: 'connect', count }, 'connected')).tookMs
    },
    async serve(input) {
      return (await ask(child, { kind: 'serve', ...input }, 'served')).work
    },
    async drain(bookings) {
      return (await ask(child, { kind: 'drain', bookings }, 'drained')).work
    },
    seen: (booking) =>
      new Promise((resolve) => {
        const end = (atMs: number | undefined): void => {
          clearTimeout(late)
          waiting.delete(booking)
          resolve(atMs)
        }
        const late = setTimeout(() => end(undefined), seenWithinMs)
        waiting.set(booking, end)
      }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send({ kind: 'stop' } satisfies FleetAsk)
      await gone
    },
  }
}

function ask<K extends FleetReply['kind']>(child: ChildProcess, question: FleetAsk, kind: K) {
  return askChild<FleetReply, K>(child, question, { kind, withinMs: answerWithinMs })
}

function replyOf<K extends FleetReply['kind']>(child: ChildProcess, kind: K) {
  return childAnswer<FleetReply, K>(child, { kind, withinMs: answerWithinMs })
}
