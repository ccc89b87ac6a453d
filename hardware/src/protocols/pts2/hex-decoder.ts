import { Decimal } from '../decimal.ts'
import type { DecodedFrame, HexDecoder } from '../hex-decoder.ts'
import { refusedFrame } from '../hex-scan.ts'
import { hexText } from '../modbus/frames.ts'
import { JsonNumber } from './json-text.ts'
import { readMessage, type Pts2Packet } from './messages.ts'

/** One message, as one HTTP body or one WebSocket message. */
export const pts2Decoder: HexDecoder = {
  protocol: 'pts2',
  about: 'Technotrade PTS-2 controllers: one jsonPTS message',
  decode(bytes) {
    const hex = hexText(bytes)
    if (bytes.length === 0) return []
    const packets = readMessage(bytes)
    return packets.ok
      ? packets.value.map((packet) => decoded(packet, hex))
      : [refusedFrame(packets.error.code, packets.error.reason, bytes)]
  },
}

function decoded(packet: Pts2Packet, hex: string): DecodedFrame {
  if (packet.kind === 'refused') {
    return { kind: 'refused', code: packet.code, reason: packet.reason, hex }
  }
  if (packet.kind !== 'request' && packet.kind !== 'reply') {
    return { kind: 'frame', fields: { ...packet }, hex }
  }
  const { Type: type, Data } = packet.packet
  const fields = { kind: packet.kind, id: packet.id, type, data: shown(Data) }
  return { kind: 'frame', fields, hex }
}

/** Numbers appear by the text the controller wrote. */
function shown(value: unknown): unknown {
  if (value instanceof Decimal || value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one)]))
}
