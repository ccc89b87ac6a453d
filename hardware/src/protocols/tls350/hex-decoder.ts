import { reportFrames, type Refused } from '../frame-report.ts'
import type { HexDecoder } from '../hex-decoder.ts'
import { measureReply, readReply, readRequest } from './codec.ts'
import { inventoryReadings, type TlsReply } from './frames.ts'

/** Both directions. A request has no end of its own: it is what lies alone between two starts. */
export const tls350Decoder: HexDecoder = {
  protocol: 'tls350',
  about: 'Veeder-Root TLS-350 tank gauges: computer format, read only',
  decode: (bytes) =>
    reportFrames(bytes, {
      rules: { measure: measureReply, parse: readOrNull },
      fields: fieldsOf,
      explain,
      loose(raw) {
        const request = readRequest(raw)
        return request === null ? null : { from: 'host', ...request }
      },
    }),
}

function readOrNull(raw: Uint8Array): TlsReply | null {
  const reply = readReply(raw)
  return reply.ok ? reply.value : null
}

function fieldsOf(reply: TlsReply): Readonly<Record<string, unknown>> {
  if (reply.kind !== 'inventory') return { from: 'gauge', ...reply }
  const tanks = reply.tanks.map(({ tank, product, statusBits, values }) => ({
    tank,
    product,
    statusBits,
    ...inventoryReadings({ tank, product, statusBits, values }),
  }))
  return { from: 'gauge', ...reply, tanks }
}

function explain(raw: Uint8Array): Refused {
  const reply = readReply(raw)
  return reply.ok ? { code: 'unknown_reply', reason: 'no frame' } : reply.error
}
