import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { typeScriptArguments } from '../../bootstrap/node-version.mjs'
import { askChild, childAnswer } from '../ask-child.ts'
import { installPeer } from '../install-peer.ts'
import type { InletReply } from './telemetry-messages.ts'

type Used = Extract<InletReply, { kind: 'used' }>

/** A process that takes readings over MQTT and keeps them in a SQLite file. */
export type TelemetryNode = {
  readonly port: number
  readonly file: string
  /** Rows the file holds now. */
  rows(): number
  /** SIGKILL, in the middle of whatever it does. */
  kill(): Promise<void>
}

const readyWithinMs = 60_000
const lockedWithinMs = 60_000
const peerHome = join(import.meta.dirname, '../peers/nodered')

/** Ours: the inlet as the node composes it. */
export async function startInletNode(
  folder: string,
): Promise<TelemetryNode & { used(): Promise<Used> }> {
  mkdirSync(folder)
  const child = fork(new URL('./inlet-process.ts', import.meta.url), {
    execArgv: [...typeScriptArguments()],
    env: { ...process.env, BENCH_FOLDER: folder },
  })
  const node = await ready(child, join(folder, 'telemetry.db'))
  const answer = { kind: 'used', withinMs: readyWithinMs } as const
  return { ...node, used: () => askChild<InletReply, 'used'>(child, {}, answer) }
}

export function installNodeRed(say: (line: string) => void): Promise<void> {
  return installPeer({ home: peerHome, name: 'Node-RED', built: ['sqlite3'], say })
}

/** The peer: a broker in memory and a Node-RED flow that writes each message with its SQLite node. */
export async function startNodeRed(folder: string): Promise<TelemetryNode> {
  mkdirSync(folder)
  // Node-RED looks for one in its folder.
  writeFileSync(join(folder, 'package.json'), '{}')
  const file = join(folder, 'readings.db')
  const db = new Database(file)
  db.exec('CREATE TABLE reading (device TEXT, seq INTEGER, payload TEXT)')
  db.close()
  const child = fork(join(peerHome, 'flow.mjs'), {
    cwd: folder,
    execArgv: [],
    env: { ...process.env, PEER_FOLDER: folder, PEER_DATABASE: file },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return ready(child, file)
}

async function ready(child: ChildProcess, file: string): Promise<TelemetryNode> {
  const asked = { kind: 'ready', withinMs: readyWithinMs } as const
  const { port } = await childAnswer<InletReply, 'ready'>(child, asked)
  return {
    port,
    file,
    rows() {
      // The flow holds its file locked most of the time.
      const db = new Database(file, { readonly: true, timeout: lockedWithinMs })
      const count = db.prepare<[], number>('SELECT count(*) FROM reading').pluck().get()
      db.close()
      return count ?? 0
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}
