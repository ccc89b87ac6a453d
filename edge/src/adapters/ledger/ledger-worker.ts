import { LedgerFailure } from '../../ports/ledger-failure.ts'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { Answer, Request } from './command-batch.ts'
import { batchMax } from './ledger-bounds.ts'
import type { AnswerData, ErrorData, FromThread, ToThread } from './ledger-messages.ts'
import { openLedger, type CommandSet, type LedgerFile } from './open-ledger.ts'
import { companyIn, type TurnWords } from './turn-signal.ts'

export type ServeOptions = CommandSet & {
  readonly port: MessagePort
  readonly at: LedgerFile
  readonly turn: TurnWords
}

/**
 * The ledger thread: runs every command that waits, and those that the control thread's present
 * turn still brings, up to 200 under one commit, and answers afterwards. So scans that come in
 * together cost one fsync, and this thread works on the first while the other one reads the next.
 * An error that escapes ends the thread, and its owner restarts it.
 */
export function serveLedger({ port, at, turn, ...set }: ServeOptions): void {
  const ledger = openLedger(at, set)

  function drain(first: ToThread): void {
    const heard = requestsFrom(
      first,
      companyIn(turn, () => next(port)),
    )
    const { answers, committed } = ledger.run(heard.requests())
    if (answers.length > 0) send(port, { kind: 'answers', answers: dataOfAll(answers), committed })
    if (!heard.closing()) return
    ledger.close()
    port.close()
  }

  port.on('message', drain)
  send(port, { kind: 'open' })
}

/** The commands of one batch, each taken when the one before it has run. */
function requestsFrom(
  first: ToThread,
  more: () => ToThread | undefined,
): { requests(): Iterable<Request>; closing(): boolean } {
  let closing = false

  function* requests(): Iterable<Request> {
    let message: ToThread | undefined = first
    for (let count = 1; message !== undefined; count += 1) {
      if (message.kind === 'close') return void (closing = true)
      yield message.request
      message = count < batchMax ? more() : undefined
    }
  }

  return { requests, closing: () => closing }
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
