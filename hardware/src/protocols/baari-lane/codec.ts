import type { Codec } from '../../ports/bus.ts'
import { asciiBytes, asciiText, isPrintable } from '../ascii.ts'
import { createFrameBuffer, type FrameRules, type Measured } from '../frame-buffer.ts'
import { crc16Modbus } from '../modbus/crc.ts'
import {
  readReply,
  readRequest,
  replyText,
  requestText,
  type LaneReply,
  type LaneRequest,
} from './messages.ts'

const tilde = 0x7e
const lineFeed = 0x0a
const carriageReturn = 0x0d
export const longestFrame = 256
/** `~`, one character, `*`, four of the check value, CR and LF. */
const shortestFrame = 9
/** One device on its own line or socket. */
const onlyAddress = 1

function rulesOf<Message>(read: (text: string) => Message | null): FrameRules<Message> {
  return {
    measure,
    parse(raw) {
      const body = bodyOf(raw)
      return body === null ? null : read(body)
    },
    why: (raw) => (bodyOf(raw) === null ? 'check value' : 'no message of this protocol'),
  }
}

export const laneRequestRules = rulesOf(readRequest)
export const laneReplyRules = rulesOf(readReply)

/** `~BODY*CCCC` CR LF; CCCC is CRC-16/MODBUS of the body in upper-case hex. */
function measure(bytes: Uint8Array, from: number): Measured {
  if (bytes[from] !== tilde) return 'impossible'
  for (let at = from + 1; at < from + longestFrame; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return 'more'
    if (byte === lineFeed) {
      const length = at + 1 - from
      return length < shortestFrame ? 'impossible' : length
    }
    if (byte === tilde || !(isPrintable(byte) || byte === carriageReturn)) return 'impossible'
  }
  return 'impossible'
}

function bodyOf(raw: Uint8Array): string | null {
  const match = /^~([^*]+)\*([0-9A-F]{4})\r\n$/.exec(asciiText(raw))
  if (match === null) return null
  const [, body = '', check = ''] = match
  return check === checkOf(body) ? body : null
}

function checkOf(body: string): string {
  return crc16Modbus(asciiBytes(body)).toString(16).toUpperCase().padStart(4, '0')
}

export function encodeLaneRequest(request: LaneRequest): Uint8Array {
  return sealed(requestText(request))
}

/** What the device sends; for simulators and tests. */
export function encodeLaneReply(reply: LaneReply): Uint8Array {
  return sealed(replyText(reply))
}

function sealed(body: string): Uint8Array {
  return asciiBytes(`~${body}*${checkOf(body)}\r\n`)
}

/** Signs and barriers as the asking side sees them. */
export function createLaneCodec(): Codec<LaneRequest, LaneReply> {
  const buffer = createFrameBuffer(laneReplyRules)
  return {
    encode: encodeLaneRequest,
    feed: (bytes) => buffer.feed(bytes),
    tick: () => buffer.tick(),
    reset: () => buffer.reset(),
    pending: () => buffer.pending(),
    expect: (request) => (reply) => reply.seq === request.seq && answers(request, reply),
    addressOf: () => onlyAddress,
    replyAddress: () => onlyAddress,
    // A reply carries the number of its question.
    lateReplies: { rule: 'other-form' },
    stopsBackToBack: false,
    signature: ({ seq }) => String(seq),
    replySignature: ({ seq }) => String(seq),
  }
}

function answers(request: LaneRequest, reply: LaneReply): boolean {
  if (reply.kind === 'refused') return true
  return request.kind === 'show' ? reply.kind === 'shown' : reply.kind === 'barrier'
}

/** The device's side, for simulators. */
export function createLaneDeviceDecoder() {
  return createFrameBuffer(laneRequestRules)
}
