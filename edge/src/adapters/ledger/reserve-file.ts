import { execFile } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { syncToDisk } from './durable-files.ts'

export type ReserveSize = {
  readonly bytes: number
  /** Free room of the file system now. */
  readonly roomBytes: number
  /** Left beside the file when it is filled: the ledger's own write-ahead log needs some. */
  readonly marginBytes: number
}

/** Written in pieces, because a hole in a file takes no room on the disk. */
const pieceBytes = 4 * 1_048_576
const allocateWithinMs = 60_000

/**
 * Brings the reserve file to its size as far as there is room, and says whether it is whole.
 * Rejects when the file cannot be written at all.
 */
export async function takeReserve(file: string, size: ReserveSize): Promise<boolean> {
  const { bytes, roomBytes, marginBytes } = size
  const has = reserveHeld(file)
  if (has >= bytes) return true
  const grow = Math.min(bytes - has, roomBytes - marginBytes)
  if (grow <= 0) return false
  try {
    await allocate(file, has + grow).catch(() => fill(file, grow))
  } catch (error) {
    // Somebody else took the room meanwhile: the next look goes on.
    if (!isFull(error)) throw error
  }
  return reserveHeld(file) >= bytes
}

/** Bytes of the allowance that are there. */
export function reserveHeld(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/**
 * Gives the whole allowance to the ledger; false when there was none left to give. It takes no
 * room itself, so it works on a full disk. A file system may keep the blocks of a removed file
 * until its name's removal is on the disk, so that is waited for: the next write needs them.
 */
export function releaseReserve(file: string): boolean {
  if (!existsSync(file)) return false
  rmSync(file, { force: true })
  syncToDisk(dirname(file))
  return true
}

/** util-linux takes the blocks at once where the file system can; they are real, no hole. */
async function allocate(file: string, bytes: number): Promise<void> {
  const args = ['--length', String(bytes), file]
  await promisify(execFile)('fallocate', args, { timeout: allocateWithinMs })
}

async function fill(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  try {
    const piece = Buffer.alloc(Math.min(pieceBytes, bytes), 0xa5)
    for (let left = bytes; left > 0;) {
      const { bytesWritten } = await handle.write(piece, 0, Math.min(piece.length, left))
      left -= bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}
