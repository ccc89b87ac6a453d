import type { HexDecoder } from '../hex-decoder.ts'
import { scanHex, toldRules, type HexReading } from '../hex-scan.ts'
import { tlsReplyRules, tlsRequestRules } from './codec.ts'
import { inventoryReadings, type TlsReply } from './frames.ts'

const fromGauge: HexReading = {
  direction: 'gauge-to-host',
  rules: toldRules(tlsReplyRules, replyFields),
}
const fromHost: HexReading = {
  direction: 'host-to-gauge',
  rules: toldRules(tlsRequestRules, (request) => request),
}

/** Both directions of the computer format. */
export const tls350Decoder: HexDecoder = {
  protocol: 'tls350',
  about: 'Veeder-Root TLS-350 tank gauges: computer format, read only',
  decode: (bytes) => scanHex(bytes, [fromGauge, fromHost]),
}

function replyFields(reply: TlsReply): Readonly<Record<string, unknown>> {
  if (reply.kind !== 'inventory') return reply
  const tanks = reply.tanks.map((tank) => ({
    tank: tank.tank,
    product: tank.product,
    statusBits: tank.statusBits,
    // Readings of a level, never settled: singles are what the gauge has.
    ...inventoryReadings(tank),
  }))
  return { ...reply, tanks }
}
