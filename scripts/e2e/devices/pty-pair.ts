import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../until.ts'

/** A reader at the lane as the node sees it: a serial line. We hold the other end. */
export type LaneReader = {
  /** Device path that the station file names. */
  readonly devicePath: string
  /** Sends what a reader with AIM prefix and CR LF sends for one showing of this text. */
  show(text: string): Promise<void>
  /** Everything the node has written to the reader since it was started. */
  written(): string
  close(): Promise<void>
}

/** Reason why there can be no pty pair here. */
export function socatMissing(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v socat']).status === 0
  return found ? undefined : 'socat is missing: apt-get install -y socat'
}

/** Two joined ptys made by socat: `near` for the node, `far` for the hand that holds the phone. */
export async function startLaneReader(folder: string): Promise<LaneReader> {
  const [near, far] = [join(folder, 'lane-reader'), join(folder, 'lane-reader-far')]
  const socat = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`], {
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => socat.once('exit', () => resolve()))
  await until(() => existsSync(near) && existsSync(far), { what: 'socat joins two ptys' })
  const line = await open(far, 'r+')
  const heard = listen(line)
  return {
    devicePath: near,
    async show(text) {
      // ]Q1 is the AIM identifier of a QR code, model 2 (ISO/IEC 15424).
      await line.write(`]Q1${text}\r\n`)
    },
    written: heard,
    async close() {
      socat.kill()
      await ended
      await line.close().catch(() => undefined)
    },
  }
}

const mostKept = 4_096

function listen(line: FileHandle): () => string {
  let text = ''
  const keep = async (): Promise<void> => {
    const buffer = Buffer.alloc(256)
    for (;;) {
      const { bytesRead } = await line.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return
      text = (text + buffer.toString('latin1', 0, bytesRead)).slice(-mostKept)
    }
  }
  // A closed pty ends the reading with EIO; that is how it is meant to end.
  keep().catch(() => undefined)
  return () => text
}
