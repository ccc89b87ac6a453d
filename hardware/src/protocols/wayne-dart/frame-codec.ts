import { assert } from '@baari/shared/faults/assert'
import type { Codec } from '../../ports/bus.ts'
import { crc16Reflected } from '../crc16.ts'
import {
  createFrameBuffer,
  type FrameBuffer,
  type FrameRules,
  type Measured,
} from '../frame-buffer.ts'
import {
  ctrl,
  dle,
  etx,
  isDartAddress,
  stop,
  type DartBlock,
  type DartHostFrame,
  type DartPumpFrame,
} from './frames.ts'
import {
  hostPartBytes,
  pumpPartBytes,
  readHostPart,
  readPumpPart,
  type HostPart,
  type PumpPart,
  type ReadPart,
} from './parts.ts'
import { stuffed, unstuffed } from './stuffing.ts'

/** A frame of both sides' longest blocks is far shorter; what goes on longer is noise. */
const longestFrame = 512
/** Address, CTRL, check value, ETX, FA. */
const shortestData = 6
const controlLength = 3
/** Signature of what a poll brings: the pump's own statement. */
const poll = 'poll'

/**
 * DART as the host sees it. A reply is matched by address and sequence. A block that fails is
 * dropped and asked for again; only the pump answers with a NAK (S02).
 */
export function createDartHostCodec(): Codec<DartHostFrame, DartPumpFrame> {
  const buffer = createFrameBuffer(dartPumpRules)
  return {
    encode: encodeHostFrame,
    feed: (bytes) => buffer.feed(bytes),
    tick: () => buffer.tick(),
    reset: () => buffer.reset(),
    pending: () => buffer.pending(),
    expect: (request) => (reply) => answers(request, reply),
    stopsBackToBack: true,
    lateReplies: { rule: 'own-meaning', numbered: (signature) => signature !== poll },
    addressOf: (request) => request.address,
    replyAddress: (reply) => reply.address,
    signature: (request) => (request.kind === 'data' ? `block:${request.sequence}` : poll),
    replySignature: (reply) =>
      reply.kind === 'ack' || reply.kind === 'nak' ? `block:${reply.sequence}` : poll,
  }
}

/** DART as the pump hears it: finds the host's frames. For simulators and listeners. */
export function createDartPumpDecoder(): FrameBuffer<DartHostFrame> {
  return createFrameBuffer(dartHostRules)
}

/** Frames the host sends, told from bytes. */
export const dartHostRules: FrameRules<DartHostFrame> = {
  measure: (bytes, from) => measure(bytes, from, isHostControl),
  parse: (bytes) =>
    isData(bytes) ? blockOf(bytes, readHostPart) : hostControl(bytes[0] ?? 0, bytes[1] ?? 0),
  why: (bytes) => whyNot(bytes, readHostPart),
}

/** Frames the pump sends, told from bytes. */
export const dartPumpRules: FrameRules<DartPumpFrame> = {
  measure: (bytes, from) => measure(bytes, from, isPumpControl),
  parse: (bytes) =>
    isData(bytes) ? blockOf(bytes, readPumpPart) : pumpControl(bytes[0] ?? 0, bytes[1] ?? 0),
  why: (bytes) => whyNot(bytes, readPumpPart),
}

export function encodeHostFrame(frame: DartHostFrame): Uint8Array {
  switch (frame.kind) {
    case 'data':
      return encodeBlock(frame, hostPartBytes)
    case 'poll':
      return control(frame.address, ctrl.poll)
    case 'ack':
      return control(frame.address, ctrl.ack | frame.sequence)
    case 'ack-poll':
      return control(frame.address, ctrl.ackPoll | frame.sequence)
  }
}

export function encodePumpFrame(frame: DartPumpFrame): Uint8Array {
  switch (frame.kind) {
    case 'data':
      return encodeBlock(frame, pumpPartBytes)
    case 'eot':
      return control(frame.address, ctrl.eot | frame.sequence)
    case 'ack':
      return control(frame.address, ctrl.ack | frame.sequence)
    case 'nak':
      return control(frame.address, ctrl.nak | frame.sequence)
  }
}

/**
 * The NAK with which the pump at `address` answers a damaged block that named it; null when the
 * block was somebody else's, or its check value is right and only its content is refused: sending
 * the same again would not help.
 */
export function nakOf(damaged: Uint8Array, address: number): DartPumpFrame | null {
  if (damaged[0] !== address || !isData(damaged) || checkedBody(damaged) !== null) return null
  return { kind: 'nak', address, sequence: (damaged[1] ?? 0) & 0x0f }
}

/**
 * A block is answered with its acknowledgement and a poll with a block or EOT. So the echo of our
 * own block, which may look like a block of the pump, is never taken for an answer (S07).
 */
function answers(request: DartHostFrame, reply: DartPumpFrame): boolean {
  if (request.address !== reply.address) return false
  switch (request.kind) {
    case 'data':
      return (reply.kind === 'ack' || reply.kind === 'nak') && reply.sequence === request.sequence
    case 'poll':
    case 'ack-poll':
      return reply.kind === 'data' || reply.kind === 'eot'
    case 'ack':
      return false
  }
}

function measure(
  bytes: Uint8Array,
  from: number,
  isControl: (ctrlByte: number) => boolean,
): Measured {
  if (!isDartAddress(bytes[from] ?? 0)) return 'impossible'
  const ctrlByte = bytes[from + 1]
  if (ctrlByte === undefined) return 'more'
  if ((ctrlByte & 0xf0) === ctrl.data) return measureData(bytes, from)
  if (!isControl(ctrlByte)) return 'impossible'
  const end = bytes[from + 2]
  if (end === undefined) return 'more'
  return end === stop ? controlLength : 'impossible'
}

/** To the first FA that is not escaped. Shorter than a block can be, it is none. */
function measureData(bytes: Uint8Array, from: number): Measured {
  const to = Math.min(bytes.length, from + longestFrame)
  for (let at = from + 2; at < to; at += 1) {
    if (bytes[at] !== stop || bytes[at - 1] === dle) continue
    const length = at + 1 - from
    return length >= shortestData && bytes[at - 1] === etx ? length : 'impossible'
  }
  return bytes.length - from >= longestFrame ? 'impossible' : 'more'
}

function isHostControl(ctrlByte: number): boolean {
  const high = ctrlByte & 0xf0
  return ctrlByte === ctrl.poll || high === ctrl.ack || high === ctrl.ackPoll
}

function isPumpControl(ctrlByte: number): boolean {
  const high = ctrlByte & 0xf0
  return high === ctrl.eot || high === ctrl.ack || high === ctrl.nak
}

function hostControl(address: number, ctrlByte: number): DartHostFrame {
  const sequence = ctrlByte & 0x0f
  if (ctrlByte === ctrl.poll) return { kind: 'poll', address }
  return { kind: (ctrlByte & 0xf0) === ctrl.ack ? 'ack' : 'ack-poll', address, sequence }
}

function pumpControl(address: number, ctrlByte: number): DartPumpFrame {
  const sequence = ctrlByte & 0x0f
  const high = ctrlByte & 0xf0
  if (high === ctrl.eot) return { kind: 'eot', address, sequence }
  return { kind: high === ctrl.ack ? 'ack' : 'nak', address, sequence }
}

function isData(bytes: Uint8Array): boolean {
  return ((bytes[1] ?? 0) & 0xf0) === ctrl.data && bytes.length >= shortestData
}

/** Address to last data byte without stuffing; null when the check value is wrong. */
function checkedBody(bytes: Uint8Array): Uint8Array | null {
  const plain = unstuffed(bytes.subarray(0, bytes.length - 2))
  const end = plain.length - 2
  if (end < 2) return null
  const crc = (plain[end] ?? 0) | ((plain[end + 1] ?? 0) << 8)
  const body = plain.subarray(0, end)
  return crc16Reflected(body, 0) === crc ? body : null
}

function blockOf<Part>(bytes: Uint8Array, read: ReadPart<Part>): DartBlock<Part> | null {
  const body = checkedBody(bytes)
  if (body === null) return null
  const parts = readParts(body, read)
  if (typeof parts === 'string') return null
  return { kind: 'data', address: body[0] ?? 0, sequence: (body[1] ?? 0) & 0x0f, parts }
}

/** The transactions of a whole body, which they must fill exactly; or what is wrong. */
function readParts<Part>(body: Uint8Array, read: ReadPart<Part>): readonly Part[] | string {
  const parts: Part[] = []
  let at = 2
  while (at < body.length) {
    const number = body[at] ?? 0
    const end = at + 2 + (body[at + 1] ?? Number.POSITIVE_INFINITY)
    if (end > body.length) return `transaction ${number} is longer than its block`
    const part = read(number, body.slice(at + 2, end))
    if (part === 'length') return `length of transaction ${number}`
    if (part === 'digit') return `a half byte of transaction ${number} is no decimal digit`
    parts.push(part)
    at = end
  }
  return parts.length === 0 ? 'a block without a transaction' : parts
}

function whyNot<Part>(bytes: Uint8Array, read: ReadPart<Part>): string {
  const body = checkedBody(bytes)
  if (body === null) return 'check value'
  const parts = readParts(body, read)
  return typeof parts === 'string' ? parts : 'check value'
}

function encodeBlock<Part extends HostPart | PumpPart>(
  block: DartBlock<Part>,
  bytesOf: (part: Part) => readonly [number, Uint8Array],
): Uint8Array {
  const body = [block.address, ctrl.data | block.sequence]
  for (const part of block.parts) {
    const [number, data] = bytesOf(part)
    assert(data.length < 256, 'a transaction holds at most 255 bytes')
    body.push(number, data.length, ...data)
  }
  const crc = crc16Reflected(Uint8Array.from(body), 0)
  const inner = stuffed(Uint8Array.of(...body.slice(2), crc & 0xff, crc >>> 8))
  const frame = Uint8Array.of(...body.slice(0, 2), ...inner, etx, stop)
  assert(frame.length <= longestFrame, `a block of ${frame.length} bytes is too long`)
  return frame
}

function control(address: number, ctrlByte: number): Uint8Array {
  return Uint8Array.of(address, ctrlByte, stop)
}
