import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * What a line does to bytes: `open` passes them; `cut` ends every connection and refuses new ones;
 * `held` takes connections and passes nothing, as a dead router does; `slow` delays and throttles.
 */
export type LineMode =
  | { readonly kind: 'open' | 'cut' | 'held' }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number; readonly delayMs: number }

/** A TCP line through which one part of a world reaches another, with troubles on demand. */
export type FaultyLine = {
  /** Where the part that reaches out is sent. */
  readonly port: number
  leadTo(port: number): void
  /** Takes hold at once, for open connections too; those that were held are ended when it opens. */
  become(mode: LineMode): void
  close(): Promise<void>
}

const open: LineMode = { kind: 'open' }
/** A slow line holds back its sender rather than fill memory. */
const mostWaitingBytes = 256 * 1024

export async function openFaultyLine(): Promise<FaultyLine> {
  const pairs = new Set<Pair>()
  let target: number | undefined
  let mode = open
  const endAll = (): void => {
    for (const pair of pairs) pair.end()
  }
  const server = createServer((near) => {
    if (target === undefined || mode.kind === 'cut') return void near.destroy()
    const pair = joined(near, connect(target, '127.0.0.1'), () => mode)
    pairs.add(pair)
    pair.ended.then(
      () => pairs.delete(pair),
      () => undefined,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port) => (target = port),
    become(next) {
      const wasHeld = mode.kind === 'held'
      mode = next
      if (next.kind === 'cut' || wasHeld) endAll()
    },
    close() {
      endAll()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

type Pair = { readonly ended: Promise<unknown>; end(): void }

function joined(near: Socket, far: Socket, mode: () => LineMode): Pair {
  const end = (): void => {
    near.destroy()
    far.destroy()
  }
  for (const socket of [near, far]) {
    socket.setNoDelay(true)
    socket.on('error', end)
    socket.on('close', end)
  }
  carry({ from: near, to: far }, mode)
  carry({ from: far, to: near }, mode)
  return { ended: new Promise((resolve) => near.once('close', resolve)), end }
}

/** One direction: what is held is dropped with its connection, what is slow comes in order. */
function carry(
  { from, to }: { readonly from: Socket; readonly to: Socket },
  mode: () => LineMode,
): void {
  let freeAt = 0
  let waiting = 0
  const pass = (bytes: Buffer): void => void (to.destroyed || to.write(bytes))
  from.on('data', (bytes: Buffer) => {
    const now = mode()
    if (now.kind === 'held') return
    if (now.kind !== 'slow' && waiting === 0) return pass(bytes)
    const { bytesPerSecond, delayMs } =
      now.kind === 'slow' ? now : { bytesPerSecond: 1e9, delayMs: 0 }
    const at = performance.now()
    freeAt = Math.max(freeAt, at) + (bytes.length / bytesPerSecond) * 1000
    waiting += bytes.length
    if (waiting > mostWaitingBytes) from.pause()
    setTimeout(
      () => {
        waiting -= bytes.length
        if (waiting <= mostWaitingBytes) from.resume()
        pass(bytes)
      },
      freeAt - at + delayMs,
    )
  })
  from.on('end', () => void (to.destroyed || to.end()))
}
