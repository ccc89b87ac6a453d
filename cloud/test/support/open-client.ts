import type { ShapeMessage } from './shape-client.ts'

export type OpenAsk = Readonly<Record<string, string>>
export type OpenAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
  readonly messages: readonly ShapeMessage[]
  readonly handle: string
  readonly offset: string
}

export type SubsetBody = {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly data: readonly ShapeMessage[]
}

/** A bare HTTP client of the unrestricted mode: any method, every header and message. */
export function openClient(base: () => string) {
  const address = (params: OpenAsk): URL => {
    const url = new URL('/v1/shape', base())
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    return url
  }

  async function ask(params: OpenAsk, init: RequestInit = {}): Promise<OpenAnswer> {
    const signal = AbortSignal.timeout(20_000)
    const response = await fetch(address(params), { signal, ...init })
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

  /** Reads from the start, or from `position`, to up-to-date. */
  async function follow(params: OpenAsk, position?: { handle: string; offset: string }) {
    let answer = await ask({ ...params, ...(position ?? { offset: '-1' }) })
    const answers = [answer]
    while (answer.status === 200 && answer.headers.get('electric-up-to-date') === null) {
      answer = await ask({ ...params, handle: answer.handle, offset: answer.offset })
      answers.push(answer)
    }
    const { handle, offset, status } = answer
    const messages = answers.flatMap((one) => one.messages)
    return { handle, offset, status, answers, messages }
  }

  /** Server-sent events as they come; `close` leaves. */
  async function events(params: OpenAsk) {
    const abort = new AbortController()
    const response = await fetch(address({ ...params, live: 'true', live_sse: 'true' }), {
      signal: abort.signal,
    })
    const got: ShapeMessage[] = []
    const ended = read(response, got).catch(() => undefined)
    return { response, got, ended, close: () => abort.abort() }
  }

  return { ask, follow, events }
}

async function read(response: Response, into: ShapeMessage[]): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body ?? []) {
    const parts = `${rest}${decoder.decode(bytes as Uint8Array, { stream: true })}`.split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      if (part.startsWith('data: ')) into.push(JSON.parse(part.slice(6)) as ShapeMessage)
    }
  }
}
