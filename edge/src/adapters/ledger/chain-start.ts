import { createHash, hash } from 'node:crypto'

export type ChainPlace = {
  readonly station: number
  readonly epoch: string
  readonly stream: string
}

/** Head of an empty stream: SHA-256 of `baari/1|station|epoch|stream` (sync.md section 7.1). */
export function chainStart({ station, epoch, stream }: ChainPlace): Buffer {
  return createHash('sha256').update(`baari/1|${station}|${epoch}|${stream}`).digest()
}

/** Head after one more op: SHA-256 of the previous head and the wire line without its LF. */
export function nextHash(previous: Buffer, line: Buffer): Buffer {
  return hash('sha256', Buffer.concat([previous, line]), 'buffer')
}
