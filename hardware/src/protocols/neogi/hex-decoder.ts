import { asciiText } from '../ascii.ts'
import type { Measured } from '../frame-buffer.ts'
import { reportFrames, type Refused } from '../frame-report.ts'
import type { HexDecoder } from '../hex-decoder.ts'
import { measureFramed, readPreset, readReply } from './codec.ts'
import { shortCommandNames, shortCommands, type NeogiCommand, type NeogiReply } from './frames.ts'

type Either =
  | { readonly side: 'head'; readonly said: NeogiReply }
  | { readonly side: 'host'; readonly said: NeogiCommand }

/** Both directions: a technician's capture holds commands and replies. */
export const neogiDecoder: HexDecoder = {
  protocol: 'neogi',
  about: 'Neogi heads: ASCII commands and replies with decimal check digits',
  decode: (bytes) => reportFrames(bytes, { rules: { measure, parse }, fields: fieldsOf, explain }),
}

function measure(bytes: Uint8Array, from: number): Measured {
  const framed = measureFramed(bytes, from)
  if (framed !== 'impossible') return framed
  const [first, second, third] = bytes.subarray(from, from + 3)
  if (!isCapital(first)) return 'impossible'
  if (second === undefined) return 'more'
  if (!isCapital(second)) return 'impossible'
  if (third === undefined) return 'more'
  return third === 0x0d ? 3 : 'impossible'
}

function parse(raw: Uint8Array): Either | null {
  const letters = asciiText(raw.subarray(0, 2))
  const name = shortCommandNames.find((one) => shortCommands[one] === letters)
  if (name !== undefined && raw.length === 3) return { side: 'host', said: { kind: name } }
  const preset = readPreset(raw)
  if (preset !== null) return { side: 'host', said: preset }
  const reply = readReply(raw)
  return reply.ok ? { side: 'head', said: reply.value } : null
}

function fieldsOf({ side, said }: Either): Readonly<Record<string, unknown>> {
  if (!('value' in said)) return { from: side, ...said }
  const { text, count, decimals } = said.value
  return { from: side, kind: said.kind, value: text, count, decimals }
}

function explain(raw: Uint8Array): Refused {
  if (raw.length === 3) return { code: 'unknown_command', reason: asciiText(raw.subarray(0, 2)) }
  const reply = readReply(raw)
  return reply.ok ? { code: 'unknown_reply', reason: 'no frame' } : reply.error
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a
}
