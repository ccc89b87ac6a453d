import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { scanView } from '@baari/shared/contracts/live/station-view'
import { z } from 'zod'
import { freePort } from '../../dev/embedded-postgres.ts'
import { answers, startPart } from '../../dev/world/part.ts'
import type { BenchStation } from './bench-station.ts'
import { httpLoad, type Answered, type HttpLoad, type Load, type Post } from './http-load.ts'

/** A server under the same load as the other, and what follows a batch outside of its time. */
export type Server = {
  readonly load: HttpLoad
  posts(count: number): readonly Post[]
  /** Checks that every answer is what was asked for, and clears what the batch left. */
  settle(load: Load): Promise<void>
  stop(): Promise<void>
}

const connections = 16
const leavesAtATime = 4
const origin = (port: number): string => `http://127.0.0.1:${port}`

/** The station's node: distinct valid tokens from a signed-in screen. */
export function nodeServer({ edgePort, node, takeTokens }: BenchStation): Server {
  const load = httpLoad(edgePort, connections)
  return {
    load,
    posts: (count) =>
      takeTokens(count).map((text) => ({
        path: '/v1/scans',
        headers: {
          cookie: node.cookie(),
          origin: origin(edgePort),
          'idempotency-key': randomUUID(),
        },
        body: JSON.stringify({ source: 'camera', lane: 1, text }),
      })),
    async settle({ answers: given }) {
      const tickets = given.map(ticketOf).values()
      const leave = async (): Promise<void> => {
        for (const ticket of tickets) await node.leave(ticket)
      }
      await Promise.all(Array.from({ length: leavesAtATime }, leave))
    },
    stop: () => Promise.resolve(load.close()),
  }
}

function ticketOf({ status, body }: Answered) {
  if (status !== 200) throw new Error(`a scan was answered ${status}: ${body.slice(0, 200)}`)
  const { verdict, ticket } = scanView.parse(JSON.parse(body))
  if ((verdict !== 'ADMIT' && verdict !== 'LATE') || ticket === null) {
    throw new Error(`a valid token was answered ${verdict}`)
  }
  return ticket.id
}

const bareAnswer = z.object({ id: z.int(), verdict: z.literal('ADMIT') })

/** The bare handler as its own process; its file lies beside the node's, on the same disk. */
export async function bareServer(folder: string): Promise<Server> {
  const port = await freePort()
  const part = await startPart({
    name: 'bare',
    entry: 'scripts/bench/scan/bare-server.ts',
    env: { BARE_PORT: String(port), BARE_FILE: join(folder, 'bare.db') },
    logFolder: folder,
    pidFolder: folder,
    ready: () => answers(`${origin(port)}/readyz`),
    onRestart: (message) => console.error(message),
  })
  const load = httpLoad(port, connections)
  return {
    load,
    posts: (count) =>
      Array.from({ length: count }, () => ({
        path: '/v1/scans',
        headers: { origin: origin(port), 'idempotency-key': randomUUID() },
        body: JSON.stringify({ source: 'camera', lane: 1, text: `BAARI1:${'0'.repeat(200)}` }),
      })),
    settle({ answers: given }) {
      for (const { status, body } of given) {
        if (status !== 200) throw new Error(`the bare handler answered ${status}`)
        bareAnswer.parse(JSON.parse(body))
      }
      return Promise.resolve()
    },
    async stop() {
      load.close()
      await part.stop()
    },
  }
}
