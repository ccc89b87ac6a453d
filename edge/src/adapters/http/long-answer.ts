import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/**
 * Sends an answer that lasts as long as its reader, piece by piece. The server's own way hangs a
 * promise for each piece on that of the piece before and keeps them all until the stream ends: a
 * screen that stays for a day would hold a hundred MB.
 */
export function sendLong(answer: Response, outgoing: ServerResponse): Response {
  if (answer.body === null) return answer
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  outgoing.flushHeaders()
  void pump(answer.body.getReader(), outgoing)
  return RESPONSE_ALREADY_SENT
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  outgoing: ServerResponse,
): Promise<void> {
  let wake = (): void => undefined
  outgoing.on('drain', () => wake())
  outgoing.once('close', () => {
    wake()
    // The source may just have failed by itself.
    reader.cancel().catch(() => undefined)
  })
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (outgoing.destroyed) return
      if (!outgoing.write(piece.value)) await new Promise<void>((resolve) => (wake = resolve))
    }
    outgoing.end()
  } catch {
    // The source cut its reader off: so that he hears of it, not as an end in good order.
    outgoing.destroy()
  }
}
