import { createHash, hash } from 'node:crypto'
import { chainHead, type Sha256, type StreamName } from '@baari/shared/domain/sync/chain'
import { stationNo } from '@baari/shared/units/names'

const sha256: Sha256 = (message) => createHash('sha256').update(message).digest()
const hashBytes = 32
const firstScratchBytes = 4_096

/** Chain value of an empty stream, lower-case hex. */
export function chainStart(station: number, epoch: string, stream: StreamName): string {
  return Buffer.from(chainHead({ station: stationNo(station), epoch, stream }, sha256)).toString(
    'hex',
  )
}

/** Reused, because a thousand lines a batch would be a thousand buffers; used within one call. */
let scratch = Buffer.allocUnsafe(firstScratchBytes)

/**
 * Chain value after one more line; values are lower-case hex on the wire and in the head row. The
 * same as `nextHead` of the shared chain in one call of the hash (test “the quick chain is the
 * shared one”): every op of every station goes through here.
 */
export function nextChain(previous: string, line: Uint8Array): string {
  const size = hashBytes + line.length
  if (scratch.length < size) scratch = Buffer.allocUnsafe(2 * size)
  scratch.write(previous, 0, hashBytes, 'hex')
  scratch.set(line, hashBytes)
  return hash('sha256', scratch.subarray(0, size), 'hex')
}
