import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** One POST, complete with its headers. */
export type Post = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Answered = { readonly status: number; readonly body: string; readonly tookMs: number }

/** A client with connections that stay open; the same one for every server measured. */
export type HttpLoad = {
  /** As fast as answers come, so many at a time. */
  all(posts: readonly Post[], atATime: number): Promise<Load>
  /**
   * One every `everyMs` whether or not answers came (open loop). Each is timed from the moment it
   * was due, so that a stall counts against all that it delayed.
   */
  paced(posts: readonly Post[], everyMs: number): Promise<Load>
  close(): void
}

export type Load = { readonly elapsedMs: number; readonly answers: readonly Answered[] }

const deadlineMs = 10_000

export function httpLoad(port: number, connections: number): HttpLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })
  const send = (post: Post, dueMs: number): Promise<Answered> =>
    sendOne({ agent, port }, post, dueMs)

  return {
    async all(posts, atATime) {
      const answers: Answered[] = []
      const waiting = posts.values()
      const worker = async (): Promise<void> => {
        for (const post of waiting) answers.push(await send(post, performance.now()))
      }
      const startedMs = performance.now()
      await Promise.all(Array.from({ length: atATime }, worker))
      return { elapsedMs: performance.now() - startedMs, answers }
    },
    async paced(posts, everyMs) {
      const startedMs = performance.now()
      const sent: Promise<Answered>[] = []
      for (const [index, post] of posts.entries()) {
        const dueMs = startedMs + index * everyMs
        const early = dueMs - performance.now()
        if (early > 0) await sleep(early)
        sent.push(send(post, dueMs))
      }
      const answers = await Promise.all(sent)
      return { elapsedMs: performance.now() - startedMs, answers }
    },
    close: () => agent.destroy(),
  }
}

type Line = { readonly agent: Agent; readonly port: number }

function sendOne({ agent, port }: Line, post: Post, dueMs: number): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: post.path,
        headers: {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(post.body)),
          ...post.headers,
        },
        timeout: deadlineMs,
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.once('error', reject)
        answer.once('end', () => {
          const tookMs = performance.now() - dueMs
          const body = Buffer.concat(parts).toString('utf8')
          resolve({ status: answer.statusCode ?? 0, body, tookMs })
        })
      },
    )
    asking.once('timeout', () => asking.destroy(new Error('no answer in time')))
    asking.once('error', reject)
    asking.end(post.body)
  })
}
