import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A code reader at a lane as the node sees it: it connects, and bytes come. */
export type LaneReader = {
  readonly port: number
  /**
   * Sends a payload with its terminator in one write. Answers the moment before the bytes were
   * handed over, so that the time measured from it is never too short.
   */
  show(text: string): number
  close(): Promise<void>
}

export async function openLaneReader(): Promise<LaneReader> {
  const lines = new Set<Socket>()
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    lines.add(socket)
    // The lamp lines are read and dropped.
    socket.resume()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => lines.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    show(text) {
      if (lines.size === 0) throw new Error('the node is not connected to the reader')
      const bytes = Buffer.from(`]Q1${text}\r\n`)
      const atMs = performance.now()
      for (const line of lines) line.write(bytes)
      return atMs
    },
    close: () => closed(server, lines),
  }
}

/** Ends a server with all its connections. */
export function closed(
  server: ReturnType<typeof createServer>,
  sockets: ReadonlySet<Socket>,
): Promise<void> {
  for (const socket of sockets) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}
