import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { LineEnd } from './line-end.ts'

export type TcpService = {
  readonly port: number
  /** Cuts every connection, as a rebooting device server would; listening goes on. */
  dropConnections(): void
  close(): Promise<void>
}

/** The most connections one simulated line takes; further ones are closed. */
const mostConnections = 8

/**
 * Offers a simulated line on loopback: each connection is one end of it. `attach` gets the line
 * and answers how to detach.
 */
export async function serveOnTcp(options: {
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly attach: (line: LineEnd) => () => void
}): Promise<TcpService> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    if (sockets.size >= mostConnections) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.setNoDelay(true)
    const detach = options.attach(portOf(socket))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      detach()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host ?? '127.0.0.1', () => resolve())
  })
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    dropConnections,
    close: () => {
      dropConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function portOf(socket: Socket): LineEnd {
  return {
    write: (bytes) => {
      if (socket.destroyed) return false
      socket.write(bytes)
      return true
    },
    onBytes: (call) => {
      socket.on('data', call)
      return () => void socket.off('data', call)
    },
  }
}
