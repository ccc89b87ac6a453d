import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installPeer } from './install-peer.ts'

export type PouchPeer = {
  /**
   * Documents a second from one durable end to the other; `file` holds one op a line. PouchDB
   * replicates a hundred documents at a time unless it is told otherwise.
   */
  round(file: string, docsPerBatch: number): Promise<number>
  /** The same the other way: the documents are at the server and the client pulls them. */
  pull(file: string, docsPerBatch: number): Promise<number>
  stop(): Promise<void>
}

const home = join(import.meta.dirname, 'peers/pouchdb')
const answerWithinMs = 600_000
export const pouchDefaultBatch = 100

/**
 * PouchDB replicating to express-pouchdb, each a process of its own over LevelDB files that are
 * synced at every write. Its packages have a lock of their own and are installed at the first use.
 */
export async function startPouchPeer(
  folder: string,
  say: (line: string) => void,
): Promise<PouchPeer> {
  // LevelDB comes with its binaries inside: nothing is built.
  await installPeer({ home, name: 'PouchDB', say })
  const [server, client] = await Promise.all([
    start('server.mjs', join(folder, 'pouch-server')),
    start('client.mjs', join(folder, 'pouch-client')),
  ])
  const url = `http://127.0.0.1:${server.ready.port}/db`
  let rounds = 0

  async function timed(kind: 'round' | 'pull', file: string, batch: number): Promise<number> {
    rounds += 1
    client.child.send({ kind, name: `${kind}-${rounds}`, url, file, batch })
    const { docs, tookMs } = await next(client.child)
    return (docs * 1_000) / tookMs
  }

  return {
    round: (file, docsPerBatch) => timed('round', file, docsPerBatch),
    pull: (file, docsPerBatch) => timed('pull', file, docsPerBatch),
    async stop() {
      await Promise.all([end(server.child), end(client.child)])
    },
  }
}

type Word = { readonly port: number; readonly docs: number; readonly tookMs: number }

async function start(entry: string, folder: string): Promise<{ child: ChildProcess; ready: Word }> {
  mkdirSync(folder)
  const child = fork(join(home, entry), {
    cwd: folder,
    execArgv: [],
    env: { ...process.env, PEER_FOLDER: folder },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return { child, ready: await next(child) }
}

/** The peer's next word; it says one thing at a time. */
function next(child: ChildProcess): Promise<Word> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void): void => {
      clearTimeout(late)
      child.off('message', hear).off('exit', ended)
      act()
    }
    const late = setTimeout(
      () => done(() => reject(new Error('no word of the peer'))),
      answerWithinMs,
    )
    const hear = (word: Word & { readonly kind: string; readonly reason?: string }): void =>
      done(() => (word.kind === 'failed' ? reject(new Error(word.reason)) : resolve(word)))
    const ended = (): void => done(() => reject(new Error('the peer ended')))
    child.on('message', hear).on('exit', ended)
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.send({ kind: 'stop' })
  await gone
}
