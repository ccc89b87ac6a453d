import { randomUUID } from 'node:crypto'
import { problem } from '@baari/shared/contracts/http/problem'
import { z } from 'zod'

export type JsonCallerOptions = {
  /** Such as `http://127.0.0.1:7420`; also the Origin of every write. */
  readonly baseUrl: string
  readonly deadlineMs?: number
}

/** A server said no: its problem document's code and status. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly code: string

  constructor(what: string, { status, code }: { readonly status: number; readonly code: string }) {
    super(`${what} → ${status} ${code}`)
    this.status = status
    this.code = code
  }
}

export type JsonCaller = {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  /** A write with its own Idempotency-Key; without a schema the body is not looked at. */
  post<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T>
  /** The cookies as a header, for streams and load that go past this caller. */
  cookie(): string
}

/** One browser's worth of HTTP: keeps cookies, names its origin, parses every answer. */
export function jsonCaller({ baseUrl, deadlineMs = 10_000 }: JsonCallerOptions): JsonCaller {
  const cookies = new Map<string, string>()
  const cookie = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  async function call<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
    const answer = await fetch(request, { signal: AbortSignal.timeout(deadlineMs) })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name = '', value = ''] = pair.split('=')
      cookies.set(name, value)
    }
    const text = await answer.text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    if (!answer.ok) throw refusedBy(request, answer.status, body)
    return schema.parse(body)
  }

  const headers = (): Record<string, string> => (cookies.size > 0 ? { cookie: cookie() } : {})

  return {
    cookie,
    get: (path, schema) => call(new Request(baseUrl + path, { headers: headers() }), schema),
    post: (path, body, schema) =>
      call(
        new Request(baseUrl + path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: {
            ...headers(),
            origin: baseUrl,
            'content-type': 'application/json',
            'idempotency-key': randomUUID(),
          },
        }),
        schema,
      ),
  }
}

/** For answers of which only the status matters. */
export const anyBody = z.unknown()

function refusedBy({ method, url }: Request, status: number, body: unknown): Refused {
  const read = problem.safeParse(body)
  const code = read.success ? read.data.code : 'no-problem-document'
  return new Refused(`${method} ${new URL(url).pathname}`, { status, code })
}
