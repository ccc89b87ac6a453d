import type { HexDecoder } from '../hex-decoder.ts'
import type { FrameRules } from '../frame-buffer.ts'
import { scanHex, toldRules } from '../hex-scan.ts'
import { modbusReplyRules, modbusRequestRules } from './frame-codec.ts'
import { hexText, wordAt, wordBytes, type ModbusReply, type ModbusRequest } from './frames.ts'

type Fields = Readonly<Record<string, unknown>>

/** MODBUS Application Protocol V1.1b3, section 7. */
const exceptionNames: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal address',
  3: 'illegal value',
  4: 'slave failure',
  5: 'acknowledge',
  6: 'busy',
  8: 'memory parity',
  10: 'gateway path unavailable',
  11: 'gateway target failed',
}

/** Both directions. The echo of a short write is the same bytes from either side. */
export const modbusHexDecoder: HexDecoder = {
  protocol: 'modbus-rtu',
  about: 'Modbus RTU requests and replies, functions 3, 4, 6, 16 and exceptions',
  decode: (bytes) =>
    scanHex(bytes, [
      { direction: 'master-to-slave', rules: toldRules(likelyRequestRules, requestFields) },
      { direction: 'slave-to-master', rules: toldRules(modbusReplyRules, replyFields) },
    ]),
}

/** A read of no or too many registers is no request; most likely it is a torn reply. */
const likelyRequestRules: FrameRules<ModbusRequest> = {
  measure(bytes, from) {
    const length = modbusRequestRules.measure(bytes, from)
    const isRead = bytes[from + 1] === 3 || bytes[from + 1] === 4
    if (!isRead || bytes.length < from + 6) return length
    const count = wordAt(bytes, from + 4)
    return count >= 1 && count <= 125 ? length : 'impossible'
  },
  parse: (bytes) => modbusRequestRules.parse(bytes),
}

function requestFields(request: ModbusRequest): Fields {
  return request.kind === 'write' ? { ...request, data: dataHex(request.words) } : request
}

function replyFields(reply: ModbusReply): Fields {
  switch (reply.kind) {
    case 'registers':
      return { ...reply, data: dataHex(reply.words) }
    case 'exception':
      return { ...reply, name: exceptionNames[reply.code] ?? null }
    case 'wrote-one':
    case 'wrote':
      return reply
  }
}

function dataHex(words: readonly number[]): string {
  return hexText(Uint8Array.from(wordBytes(words)))
}
