import type { Worker } from 'node:worker_threads'
import { assert } from '@baari/shared/faults/assert'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds, type Mono } from '@baari/shared/units/time'
import type {
  DropProposal,
  StoreOutcome,
  Telemetry,
  TelemetryState,
} from '../../ports/telemetry.ts'
import type { TelemetryUplink } from '../../ports/telemetry-uplink.ts'
import { TelemetryFailure } from '../../ports/telemetry-failure.ts'
import { startThread } from '../../runtime/start-thread.ts'
import type { Ask, Reply, WorkerStart } from './telemetry-messages.ts'

/** Groups on their way to the thread; the inlet keeps the rest and withholds acknowledgements. */
const mostWaiting = 64

/** A file that cannot be opened must not start a thread for every message. */
const restartAfter = seconds(1)

type Waiting = { resolve(reply: Reply): void; reject(error: TelemetryFailure): void }
type AskWithoutId = Ask extends infer A ? (A extends Ask ? Omit<A, 'id'> : never) : never

const script = new URL('./telemetry-worker.ts', import.meta.url)

/**
 * Starts the telemetry thread on a file. When the thread dies every waiting group is refused and
 * a call after one second starts a new one: what was not acknowledged is sent again by its device.
 */
export function startTelemetryThread(start: WorkerStart, clock: Clock): Telemetry {
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let worker: Worker | undefined
  let closed = false
  let diedAt: Mono | undefined
  let tell: (oldest: DropProposal) => void = () => undefined

  function running(): Worker {
    if (worker) return worker
    const started = startThread(script, start)
    started.on('message', receive)
    started.on('error', (error) => died(started, String(error)))
    started.on('exit', () => died(started, 'the telemetry thread ended'))
    worker = started
    return started
  }

  function receive(reply: Reply): void {
    if (reply.kind === 'full') {
      tell(reply.oldest)
      return
    }
    const asker = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.kind === 'failed') asker?.reject(new TelemetryFailure(reply.code, reply.reason))
    else asker?.resolve(reply)
  }

  function died(which: Worker, reason: string): void {
    if (worker !== which) return
    worker = undefined
    diedAt = clock.mono()
    const left = [...waiting.values()]
    waiting.clear()
    for (const asker of left) asker.reject(new TelemetryFailure('ledger_failed', reason))
  }

  function ask(question: AskWithoutId): Promise<Reply> {
    if (closed) return refused('closed')
    if (waiting.size >= mostWaiting) return refused(`${mostWaiting} groups wait`)
    if (!worker && diedAt !== undefined && clock.mono() - diedAt < restartAfter)
      return refused('the thread just died')
    const id = nextId
    nextId += 1
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      running().postMessage({ ...question, id })
    })
  }

  return {
    store: async (records, { pressed } = { pressed: false }) =>
      outcomeOf(await ask({ kind: 'store', records, pressed })),
    state: async () => stateOf(await ask({ kind: 'state' })),
    onFull(call) {
      tell = call
    },
    drop: async (segment) => void (await ask({ kind: 'drop', segment })),
    forget: async (receivedBefore) => void (await ask({ kind: 'forget', receivedBefore })),
    uplink: uplinkOver(ask),
    async close() {
      if (closed) return
      if (worker) await ask({ kind: 'close' }).catch(() => undefined)
      closed = true
      await worker?.terminate()
    },
  }
}

function refused(reason: string): Promise<never> {
  return Promise.reject(new TelemetryFailure('ledger_failed', reason))
}

function uplinkOver(ask: (question: AskWithoutId) => Promise<Reply>): TelemetryUplink {
  return {
    async next(epoch, bound) {
      const reply = await ask({ kind: 'next', epoch, bound })
      assert(reply.kind === 'run', 'a question for the next segment is answered by it')
      return reply.run
    },
    async acked(mark) {
      const reply = await ask({ kind: 'acked', mark })
      assert(reply.kind === 'marked', 'an acknowledgement is answered by what it marked')
      return { forked: reply.forked, more: reply.more }
    },
    async compare(head) {
      const reply = await ask({ kind: 'compare', head })
      assert(reply.kind === 'compared', 'a comparison is answered by its outcome')
      return reply.relation
    },
  }
}

function outcomeOf(reply: Reply): StoreOutcome {
  assert(reply.kind === 'stored', 'a store is answered by its outcome')
  return reply.outcome
}

function stateOf(reply: Reply): TelemetryState {
  assert(reply.kind === 'state', 'a question for the state is answered by it')
  return reply.state
}
