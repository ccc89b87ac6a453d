import { present } from '@baari/shared/faults/assert'
import { StringDecoder } from 'node:string_decoder'
import { isChangeMessage, type Message } from '@electric-sql/client'
import type { ShapeRow } from './shape-rows.ts'

type Delivered = readonly Message<ShapeRow>[]

export type WholeAnswers = {
  /** For the client: each good answer comes as one row that names where its text is held. */
  readonly fetch: typeof fetch
  /**
   * The messages of the answer among what the client delivered. Throws where that is no list of
   * messages: what is behind it must be fetched again.
   */
  readonly messagesOf: (delivered: Delivered) => Delivered
}

const key = 'whole answer'

/** The client works on one and asks for two ahead; what is older it gave up. */
const heldMax = 8

/**
 * The client parses an answer through a call for each value of each row, on the thread that also
 * watches the dispensers: that was half of what a catch-up cost there. The text is therefore held
 * beside it until the client delivers the row that stands for it. Handles, offsets, chunks, waits
 * and the asking ahead stay the client's; the rows are parsed once, by the contract that has to
 * check them anyway.
 */
export function wholeAnswers(ask: typeof fetch): WholeAnswers {
  const held = new Map<string, string>()
  let next = 1

  /** A body of its own, so that the client has the headers, and asks ahead, before it is there. */
  function standIn(answer: Response): ReadableStream<Uint8Array> {
    return new ReadableStream({
      async pull(body) {
        const text = await textOf(answer)
        const no = String(next++)
        held.set(no, text)
        for (const oldest of [...held.keys()].slice(0, -heldMax)) held.delete(oldest)
        body.enqueue(new TextEncoder().encode(oneRow(answer.headers, no)))
        body.close()
      },
      cancel: (reason) => answer.body?.cancel(reason),
    })
  }

  return {
    async fetch(input, init) {
      const answer = await ask(input, init)
      // An answer without a body (204) says nothing to hold, and may be given none.
      const holds = answer.ok && answer.body !== null
      return holds ? new Response(standIn(answer), answer) : answer
    },
    messagesOf(delivered) {
      const row = delivered.find((message) => isChangeMessage(message) && message.key === key)
      if (row === undefined || !isChangeMessage(row)) return []
      const no = String(row.value['no'])
      const text = present(held.get(no), `text of answer ${no}, which is delivered once`)
      held.delete(no)
      return messagesIn(text)
    },
  }
}

/** In the pieces it comes in: whole, its bytes would be held a second time beside its text. */
async function textOf({ body }: Response): Promise<string> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  for await (const piece of body ?? []) text += decoder.write(piece)
  return text + decoder.end()
}

/** The header says whether the answer ends in up-to-date, which the client has to see itself. */
function oneRow(headers: Headers, no: string): string {
  const row = { key, value: { no }, headers: { operation: 'insert' } }
  const end = headers.has('electric-up-to-date') ? [{ headers: { control: 'up-to-date' } }] : []
  return JSON.stringify([row, ...end])
}

function messagesIn(text: string): Delivered {
  const messages: unknown = JSON.parse(text === '' ? '[]' : text)
  if (isMessages(messages)) return messages
  throw new SyntaxError(`an answer that is no list of messages: ${text.slice(0, 100)}`)
}

function isMessages(value: unknown): value is Delivered {
  return Array.isArray(value) && value.every(isMessage)
}

function isMessage(part: unknown): boolean {
  if (!isObject(part) || !isObject(part['headers'])) return false
  return !('key' in part) || isObject(part['value'])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
