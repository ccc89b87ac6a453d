import type { Codec } from '../../ports/bus.ts'
import {
  createFrameBuffer,
  type FrameBuffer,
  type FrameRules,
  type Measured,
} from '../frame-buffer.ts'
import { crc16Modbus, withCrc } from './crc.ts'
import {
  isSlaveAddress,
  wordAt,
  wordBytes,
  wordsAt,
  type ModbusReply,
  type ModbusRequest,
} from './frames.ts'

/** Address, function, exception code and check value. */
const exceptionLength = 5
const echoLength = 8
const exceptionBit = 0x80

/** Frames of the answering side, told from bytes. */
export const modbusReplyRules: FrameRules<ModbusReply> = {
  measure: measureReply,
  parse: parseReply,
}

/** Frames of the asking side, told from bytes. */
export const modbusRequestRules: FrameRules<ModbusRequest> = {
  measure: measureRequest,
  parse: parseRequest,
}

/** Modbus RTU as the asking side sees it: encodes requests, decodes replies. */
export function createModbusMasterCodec(): Codec<ModbusRequest, ModbusReply> {
  const buffer = createFrameBuffer(modbusReplyRules)
  return {
    encode: encodeRequest,
    feed: (bytes) => buffer.feed(bytes),
    tick: () => buffer.tick(),
    reset: () => buffer.reset(),
    pending: () => buffer.pending(),
    expect: (request) => (reply) =>
      reply.address === request.address &&
      (reply.kind === 'exception'
        ? reply.fn === functionOf(request)
        : replySignature(reply) === signatureOf(request)),
    stopsBackToBack: false,
    lateReplies: { rule: 'other-form' },
    addressOf: (request) => request.address,
    replyAddress: (reply) => reply.address,
    signature: signatureOf,
    replySignature,
  }
}

/** Modbus RTU as the answering side sees it: decodes requests. For simulators and listeners. */
export function createModbusSlaveDecoder(): FrameBuffer<ModbusRequest> {
  return createFrameBuffer(modbusRequestRules)
}

export function encodeRequest(request: ModbusRequest): Uint8Array {
  const { address } = request
  switch (request.kind) {
    case 'read':
      return withCrc(
        Uint8Array.of(address, request.fn, ...wordBytes([request.start, request.count])),
      )
    case 'write-one':
      return withCrc(Uint8Array.of(address, 6, ...wordBytes([request.start, request.word])))
    case 'write': {
      const count = request.words.length
      const head = [address, 16, ...wordBytes([request.start, count]), count * 2]
      return withCrc(Uint8Array.of(...head, ...wordBytes(request.words)))
    }
  }
}

export function encodeReply(reply: ModbusReply): Uint8Array {
  const { address } = reply
  switch (reply.kind) {
    case 'registers':
      return withCrc(
        Uint8Array.of(address, reply.fn, reply.words.length * 2, ...wordBytes(reply.words)),
      )
    case 'wrote-one':
      return withCrc(Uint8Array.of(address, 6, ...wordBytes([reply.start, reply.word])))
    case 'wrote':
      return withCrc(Uint8Array.of(address, 16, ...wordBytes([reply.start, reply.count])))
    case 'exception':
      return withCrc(Uint8Array.of(address, reply.fn | exceptionBit, reply.code))
  }
}

export function functionOf(request: ModbusRequest): number {
  switch (request.kind) {
    case 'read':
      return request.fn
    case 'write-one':
      return 6
    case 'write':
      return 16
  }
}

/** Modbus has no transaction number: function, length and echoed fields are all that tells replies apart. */
function signatureOf(request: ModbusRequest): string {
  switch (request.kind) {
    case 'read':
      return `${request.fn}:${request.count}`
    case 'write-one':
      return `6:${request.start}:${request.word}`
    case 'write':
      return `16:${request.start}:${request.words.length}`
  }
}

function replySignature(reply: ModbusReply): string | null {
  switch (reply.kind) {
    case 'registers':
      return `${reply.fn}:${reply.words.length}`
    case 'wrote-one':
      return `6:${reply.start}:${reply.word}`
    case 'wrote':
      return `16:${reply.start}:${reply.count}`
    case 'exception':
      return null
  }
}

function measureReply(bytes: Uint8Array, from: number): Measured {
  if (!isSlaveAddress(bytes[from] ?? 0)) return 'impossible'
  const fn = bytes[from + 1]
  switch (fn) {
    case undefined:
      return 'more'
    case 3:
    case 4:
      return measureRegisters(bytes[from + 2])
    case 6:
    case 16:
      return echoLength
    case 0x83:
    case 0x84:
    case 0x86:
    case 0x90:
      return exceptionLength
    default:
      return 'impossible'
  }
}

function measureRegisters(byteCount: number | undefined): Measured {
  if (byteCount === undefined) return 'more'
  const possible = byteCount >= 2 && byteCount <= 250 && byteCount % 2 === 0
  return possible ? 5 + byteCount : 'impossible'
}

function measureRequest(bytes: Uint8Array, from: number): Measured {
  if (!isSlaveAddress(bytes[from] ?? 0)) return 'impossible'
  const fn = bytes[from + 1]
  if (fn === undefined) return 'more'
  if (fn === 3 || fn === 4 || fn === 6) return echoLength
  if (fn !== 16) return 'impossible'
  const byteCount = bytes[from + 6]
  if (byteCount === undefined) return 'more'
  const count = wordAt(bytes, from + 4)
  return count >= 1 && count <= 123 && byteCount === count * 2 ? 9 + byteCount : 'impossible'
}

function checked(bytes: Uint8Array): boolean {
  const end = bytes.length - 2
  const crc = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8)
  return crc16Modbus(bytes, 0, end) === crc
}

function parseReply(bytes: Uint8Array): ModbusReply | null {
  if (!checked(bytes)) return null
  const address = bytes[0] ?? 0
  const fn = bytes[1] ?? 0
  if (fn === 3 || fn === 4) {
    return { kind: 'registers', address, fn, words: wordsAt(bytes, 3, (bytes[2] ?? 0) / 2) }
  }
  if (fn === 6) {
    return { kind: 'wrote-one', address, start: wordAt(bytes, 2), word: wordAt(bytes, 4) }
  }
  if (fn === 16) return { kind: 'wrote', address, start: wordAt(bytes, 2), count: wordAt(bytes, 4) }
  return { kind: 'exception', address, fn: fn & ~exceptionBit, code: bytes[2] ?? 0 }
}

function parseRequest(bytes: Uint8Array): ModbusRequest | null {
  if (!checked(bytes)) return null
  const address = bytes[0] ?? 0
  const fn = bytes[1] ?? 0
  const start = wordAt(bytes, 2)
  if (fn === 6) return { kind: 'write-one', address, start, word: wordAt(bytes, 4) }
  if (fn === 16) {
    return { kind: 'write', address, start, words: wordsAt(bytes, 7, (bytes[6] ?? 0) / 2) }
  }
  const count = wordAt(bytes, 4)
  const possible = (fn === 3 || fn === 4) && count >= 1 && count <= 125
  return possible ? { kind: 'read', address, fn, start, count } : null
}
