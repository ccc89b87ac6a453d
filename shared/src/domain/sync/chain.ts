import { assert } from '../../faults/assert.ts'
import type { StationNo } from '../../units/names.ts'

/** The four streams of a station, in the order of their numbers and of their priority. */
export const streamNames = ['ledger', 'alarm', 'state', 'telemetry'] as const
export type StreamName = (typeof streamNames)[number]

/** SHA-256, given by the caller. */
export type Sha256 = (message: Uint8Array) => Uint8Array

export type ChainStart = {
  readonly station: StationNo
  /** Random id of the local database, lower-case hex. */
  readonly epoch: string
  readonly stream: StreamName
}

const hashBytes = 32
const ascii = /^[\x20-\x7e]*$/

/** h0 = SHA-256(`baari/1|<station no>|<epoch>|<stream name>`): the head of an empty stream. */
export function chainHead({ station, epoch, stream }: ChainStart, sha256: Sha256): Uint8Array {
  assert(/^[0-9a-f]+$/.test(epoch), 'an epoch is lower-case hex')
  return hashed(sha256, [asciiBytes(`baari/1|${station}|${epoch}|${stream}`)])
}

/**
 * The head after one more op: SHA-256(32 bytes of the previous head, then the wire line in UTF-8
 * without its LF). The line is hashed as sent, never as parsed again.
 */
export function nextHead(previous: Uint8Array, line: Uint8Array, sha256: Sha256): Uint8Array {
  assert(previous.length === hashBytes, 'a chain head has 32 bytes')
  assert(!line.includes(0x0a), 'an op is one line without its LF')
  return hashed(sha256, [previous, line])
}

function hashed(sha256: Sha256, [first, second = new Uint8Array()]: Parts): Uint8Array {
  const message = new Uint8Array(first.length + second.length)
  message.set(first)
  message.set(second, first.length)
  const hash = sha256(message)
  assert(hash.length === hashBytes, 'SHA-256 gives 32 bytes')
  return hash
}

type Parts = readonly [first: Uint8Array, second?: Uint8Array]

function asciiBytes(text: string): Uint8Array {
  assert(ascii.test(text), 'the chain head is ASCII')
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}
