import { createHash } from 'node:crypto'
import { chainHead, nextHead, type Sha256, type StreamName } from '@baari/shared/domain/sync/chain'
import { stationNo } from '@baari/shared/units/names'

const sha256: Sha256 = (message) => createHash('sha256').update(message).digest()

/** Chain value of an empty stream, lower-case hex. */
export function chainStart(station: number, epoch: string, stream: StreamName): string {
  return Buffer.from(chainHead({ station: stationNo(station), epoch, stream }, sha256)).toString(
    'hex',
  )
}

/** Chain value after one more line; values are lower-case hex on the wire and in the head row. */
export function nextChain(previous: string, line: Uint8Array): string {
  return Buffer.from(nextHead(Buffer.from(previous, 'hex'), line, sha256)).toString('hex')
}
