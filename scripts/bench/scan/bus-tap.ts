import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { authoriseWritten } from './authorise-frame.ts'
import { closed } from './lane-reader.ts'

export type Authorised = { readonly address: number; readonly atMs: number }

/** Stands on the line between node and dispensers and hears every byte on its way. */
export type BusTap = {
  readonly port: number
  /** Where the dispensers are; before it is known nobody gets through. */
  leadTo(port: number): void
  /** The next write of an authorise block, on the clock of `performance.now()`. */
  nextAuthorise(withinMs: number): Promise<Authorised>
  close(): Promise<void>
}

export async function openBusTap(): Promise<BusTap> {
  const sockets = new Set<Socket>()
  const waiting = new Set<(seen: Authorised) => void>()
  let target: number | undefined
  const hear = (bytes: Uint8Array): void => {
    const atMs = performance.now()
    const address = authoriseWritten(bytes)
    if (address !== undefined) for (const call of [...waiting]) call({ address, atMs })
  }
  const server = createServer((near) => {
    if (target === undefined) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    near.on('data', hear)
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => (target = port),
    nextAuthorise: (withinMs) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(seen)
          reject(new Error(`no authorise on the line within ${withinMs} ms`))
        }, withinMs)
        const seen = (authorised: Authorised): void => {
          clearTimeout(late)
          waiting.delete(seen)
          resolve(authorised)
        }
        waiting.add(seen)
      }),
    close: () => closed(server, sockets),
  }
}
