import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { edgeProgram } from '../../bootstrap/edge-program.mjs'
import { cutNow, powerCutEnv } from '../power-cut/power-cut.ts'

/** The real node, as it is built for stations, from its start to its end. */
export type NodeLife = {
  /** Where its screens are, once it has said so. */
  home(): string | undefined
  lastWords(): string
  /** By SIGKILL, or with everything unsynced taken back. Resolves when it is gone. */
  kill(): Promise<void>
  /** It ended by itself: that is a failure of its own. */
  ended(): boolean
}

export type NodeLifeOptions = {
  readonly folder: string
  readonly logFile: string
  /** Null: the end will be a SIGKILL. */
  readonly cutSeed: number | null
}

const root = resolve(import.meta.dirname, '../../..')

export function startNode({ folder, logFile, cutSeed }: NodeLifeOptions): NodeLife {
  const env = {
    ...process.env,
    ...edgeProgram.env,
    BAARI_DATA: folder,
    BAARI_PORT: '0',
    BAARI_MQTT: '0',
    BAARI_RESERVE_MB: '1',
    BAARI_LOG: 'info',
  }
  const child = spawn(
    process.execPath,
    [...edgeProgram.nodeArguments, join(root, edgeProgram.file)],
    {
      cwd: root,
      env: cutSeed === null ? env : powerCutEnv({ dir: folder, seed: cutSeed }, env),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  const gone = new Promise<void>((done) => child.once('close', () => done()))
  let home: string | undefined
  const hear = (bytes: Buffer): void => {
    appendFileSync(logFile, bytes)
    said = (said + bytes.toString()).slice(-mostHeard)
    home ??= /station node: (http:\S+)/.exec(said)?.[1]
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return {
    home: () => home,
    lastWords: () => said,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    async kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        if (cutSeed === null) child.kill('SIGKILL')
        else cutNow(child.pid)
      }
      await gone
    },
  }
}

const mostHeard = 8_192
