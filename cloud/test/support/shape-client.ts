import { expect } from 'vitest'

export type ShapeMessage = {
  readonly key?: string
  readonly value?: Record<string, string | null>
  readonly old_value?: Record<string, string | null>
  readonly headers: Record<string, unknown>
}

export type Ask = Readonly<Record<string, string>>
export type Asker = {
  readonly station?: number
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks a shape server as a bare HTTP client, so that a test sees every header and message. */
export function shapeClient(base: () => string) {
  async function ask(params: Ask, { station = 42, url = base(), headers = {} }: Asker = {}) {
    const target = new URL('/v1/shape', url)
    for (const [name, value] of Object.entries(params)) target.searchParams.set(name, value)
    const response = await fetch(target, {
      headers: { authorization: `Bearer ${station}`, ...headers },
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      json: (text === '' ? null : JSON.parse(text)) as unknown,
      messages: (text.startsWith('[') ? JSON.parse(text) : []) as readonly ShapeMessage[],
      handle: response.headers.get('electric-handle') ?? '',
      offset: response.headers.get('electric-offset') ?? '',
    }
  }

  /** Reads from the start to up-to-date, as a client does. */
  async function readAll(table = 'booking', asker: Asker = {}) {
    let answer = await ask({ table, offset: '-1' }, asker)
    const messages = [...answer.messages]
    while (answer.headers.get('electric-up-to-date') === null) {
      answer = await ask({ table, handle: answer.handle, offset: answer.offset }, asker)
      expect(answer.status).toBe(200)
      messages.push(...answer.messages)
    }
    return { messages, handle: answer.handle, offset: answer.offset }
  }

  return { ask, readAll }
}

export function rowsOf(messages: readonly ShapeMessage[]): readonly ShapeMessage[] {
  return messages.filter((message) => message.value !== undefined)
}

/** Ids in plain order, different in every call of one test file. */
export function idCounter(): () => string {
  let count = 0
  return () => {
    count += 1
    return `00000000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`
  }
}
