import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to a server that counts what comes back over it. */
export type CountedWay = {
  /** What the page is called by, as without us. */
  readonly url: string
  readonly reroute: { readonly from: string; readonly to: string }
  /** Bytes from the server since the last `reset`: bodies as compressed, headers, everything. */
  receivedBytes(): number
  reset(): void
  close(): Promise<void>
}

/**
 * Passes TCP through to a port on this machine. A browser's own figures leave out what its service
 * worker fetches; what has crossed the wire leaves out nothing.
 */
export async function startCountedWay(port: number): Promise<CountedWay> {
  let received = 0
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    far.on('data', (chunk) => (received += chunk.length))
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}`,
    reroute: {
      from: `127.0.0.1:${port}`,
      to: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    receivedBytes: () => received,
    reset() {
      received = 0
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
