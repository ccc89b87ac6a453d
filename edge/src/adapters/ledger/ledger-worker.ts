import { LedgerFailure } from '../../ports/ledger-failure.ts'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { Answer, Request } from './command-batch.ts'
import { batchMax } from './ledger-bounds.ts'
import type { AnswerData, ErrorData, FromThread, ToThread } from './ledger-messages.ts'
import { openLedger, type CommandSet, type LedgerFile } from './open-ledger.ts'

export type ServeOptions = CommandSet & { readonly port: MessagePort; readonly at: LedgerFile }

/**
 * The ledger thread: takes every command that waits, up to 200, runs them under one commit and
 * answers afterwards. An error that escapes ends the thread, and its owner restarts it.
 */
export function serveLedger({ port, at, ...set }: ServeOptions): void {
  const ledger = openLedger(at, set)

  function close(): void {
    ledger.close()
    port.close()
  }

  function drain(first: ToThread): void {
    const { requests, closing } = collect(port, first)
    for (let from = 0; from < requests.length; from += batchMax) {
      const { answers, committed } = ledger.run(requests.slice(from, from + batchMax))
      send(port, { kind: 'answers', answers: dataOfAll(answers), committed })
    }
    if (closing) close()
  }

  port.on('message', drain)
  send(port, { kind: 'open' })
}

/** What already waits on the port, until it fills a batch; the last message may bring more. */
function collect(
  port: MessagePort,
  first: ToThread,
): { readonly requests: readonly Request[]; readonly closing: boolean } {
  const requests: Request[] = []
  let message: ToThread | undefined = first
  while (message) {
    if (message.kind === 'close') return { requests, closing: true }
    requests.push(...message.requests)
    message = requests.length < batchMax ? next(port) : undefined
  }
  return { requests, closing: false }
}

function next(port: MessagePort): ToThread | undefined {
  return (receiveMessageOnPort(port) as { readonly message: ToThread } | undefined)?.message
}

function send(port: MessagePort, message: FromThread): void {
  port.postMessage(message)
}

/** Pushed one by one: a mapped list counts as one with holes, which is copied to a thread key by key. */
function dataOfAll(answers: readonly Answer[]): readonly AnswerData[] {
  const data: AnswerData[] = []
  for (const answer of answers) data.push(dataOf(answer))
  return data
}

function dataOf(answer: Answer): AnswerData {
  return answer.ok ? answer : { id: answer.id, ok: false, error: errorData(answer.error) }
}

function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: '', fault: null }
  }
  const { name, message, stack = '' } = error
  return { name, message, stack, fault: error instanceof LedgerFailure ? error.fault : null }
}
