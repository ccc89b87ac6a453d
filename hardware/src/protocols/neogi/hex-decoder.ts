import type { HexDecoder } from '../hex-decoder.ts'
import { scanHex, toldRules, type HexReading } from '../hex-scan.ts'
import { neogiCommandRules, neogiReplyRules } from './codec.ts'
import type { NeogiReply } from './frames.ts'

const fromHead: HexReading = {
  direction: 'head-to-host',
  rules: toldRules(neogiReplyRules, replyFields),
}
const fromHost: HexReading = {
  direction: 'host-to-head',
  rules: toldRules(neogiCommandRules, (command) => command),
}

/** Both directions: a technician's recording holds commands and replies. */
export const neogiDecoder: HexDecoder = {
  protocol: 'neogi',
  about: 'Neogi heads: ASCII commands, presets and replies with decimal check digits',
  decode: (bytes) => scanHex(bytes, [fromHead, fromHost]),
}

function replyFields(reply: NeogiReply): Readonly<Record<string, unknown>> {
  if (!('value' in reply)) return reply
  const { text, count, decimals } = reply.value
  return { kind: reply.kind, text, count, decimals }
}
