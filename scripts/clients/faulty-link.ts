import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Prng } from '@baari/shared/runtime/chance'

/** Towards the server, or back to the client. */
type Way = 'up' | 'down'

/** What the line does to connections and bytes; every fault may be changed while it runs. */
export type LinkFault =
  | { readonly kind: 'none' }
  /** Nobody is reached: connections are refused, open ones are reset. */
  | { readonly kind: 'cut' }
  /** Open connections stay and no byte passes any more, either way; new ones are like that, too. */
  | { readonly kind: 'half-open' }
  /** Bytes wait for `ms`, then all go on; with a way given, only those to or from the server. */
  | { readonly kind: 'stall'; readonly ms: number; readonly way?: Way }
  /** Of a piece of bytes its connection is closed with this probability, before it passed. */
  | { readonly kind: 'loss'; readonly share: number }
  /** At most so many bytes a second each way, in pieces of a twentieth of a second. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }

export type FaultyLink = {
  readonly port: number
  /** Address for whoever speaks HTTP through the line. */
  readonly url: string
  set(fault: LinkFault): void
  /** Ends what is open now without changing the fault: one flap of the line. */
  drop(): void
  counts(): { readonly connections: number; readonly dropped: number; readonly bytes: number }
  close(): Promise<void>
}

export type FaultyLinkOptions = {
  /** Port on loopback that the line leads to. */
  readonly to: number
  /** Chance of losses, so that a run can be repeated. */
  readonly prng: Prng
}

/** Bytes that wait for a slow or stalled line, at most; past it the sender is not read. */
const heldBytesMax = 1_048_576
const slowPiece = 20

/**
 * A TCP proxy that breaks: between a client and a server on loopback, both of which see what a bad
 * line shows them: resets, silence, delay and trickle. It never changes a byte.
 */
export async function openFaultyLink({ to, prng }: FaultyLinkOptions): Promise<FaultyLink> {
  const pairs = new Set<Pair>()
  const counted = { connections: 0, dropped: 0, bytes: 0 }
  let fault: LinkFault = { kind: 'none' }

  const server = createServer({ pauseOnConnect: true }, (near) => {
    if (fault.kind === 'cut') {
      near.resetAndDestroy()
      return
    }
    counted.connections += 1
    const far = connect(to, '127.0.0.1')
    const pair = openPair({ near, far }, { fault: () => fault, prng, counted })
    pairs.add(pair)
    far.once('close', () => pairs.delete(pair))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const dropAll = (): void => {
    counted.dropped += pairs.size
    for (const pair of [...pairs]) pair.reset()
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    set(next) {
      fault = next
      if (next.kind === 'cut') dropAll()
      else for (const pair of pairs) pair.look()
    },
    drop: dropAll,
    counts: () => ({ ...counted }),
    close() {
      for (const pair of [...pairs]) pair.reset()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

type Ends = { readonly near: Socket; readonly far: Socket }
type Line = {
  readonly fault: () => LinkFault
  readonly prng: Prng
  readonly counted: { dropped: number; bytes: number }
}
type Pair = { reset(): void; look(): void }

function openPair({ near, far }: Ends, line: Line): Pair {
  const reset = (): void => {
    near.resetAndDestroy()
    far.resetAndDestroy()
  }
  const ways = [
    openWay(near, far, { ...line, way: 'up', reset }),
    openWay(far, near, { ...line, way: 'down', reset }),
  ]
  for (const socket of [near, far]) {
    socket.setNoDelay(true)
    // What was sent before its sender went away is still on its way; 'close' follows.
    socket.on('error', () => undefined)
  }
  return {
    reset,
    look() {
      for (const way of ways) way.look()
    },
  }
}

/** One direction: bytes in the order they came, held as the fault of the moment says. */
function openWay(
  from: Socket,
  to: Socket,
  { fault, prng, counted, way, reset }: Line & { readonly way: Way; readonly reset: () => void },
): { look(): void } {
  const held: Buffer[] = []
  let heldBytes = 0
  let ended = false
  let timer: NodeJS.Timeout | undefined

  function take(bytes: Buffer): void {
    const now = fault()
    if (now.kind === 'loss' && prng.next() < now.share) {
      counted.dropped += 1
      reset()
      return
    }
    held.push(bytes)
    heldBytes += bytes.length
    if (heldBytes > heldBytesMax) from.pause()
    look()
  }

  function look(): void {
    if (timer !== undefined) return
    if (to.destroyed) return discard()
    const now = fault()
    if (now.kind === 'half-open') return
    if (now.kind === 'stall' && (now.way ?? way) === way) {
      return later(now.ms, () => pass(heldBytes))
    }
    if (now.kind === 'slow') {
      return later(1_000 / slowPiece, () => pass(Math.ceil(now.bytesPerSecond / slowPiece)))
    }
    pass(heldBytes)
  }

  function later(ms: number, act: () => void): void {
    if (heldBytes === 0 && !ended) return
    timer = setTimeout(() => {
      timer = undefined
      act()
      if (heldBytes > 0) look()
    }, ms)
  }

  function pass(most: number): void {
    for (let left = most; left > 0 && held.length > 0;) {
      const piece = held.shift() as Buffer
      const part = piece.subarray(0, left)
      if (part.length < piece.length) held.unshift(piece.subarray(part.length))
      left -= part.length
      heldBytes -= part.length
      counted.bytes += part.length
      to.write(part)
    }
    if (heldBytes <= heldBytesMax && !from.destroyed) from.resume()
    if (ended && heldBytes === 0) to.end()
  }

  /** Nobody is left to read it; the other way may still have bytes on theirs. */
  function discard(): void {
    held.length = 0
    heldBytes = 0
    if (!from.destroyed) from.resume()
  }

  function finish(): void {
    ended = true
    look()
  }

  from.on('data', take)
  from.once('end', finish)
  from.once('close', finish)
  to.once('close', () => {
    clearTimeout(timer)
    timer = undefined
    discard()
  })
  from.resume()
  return { look }
}
