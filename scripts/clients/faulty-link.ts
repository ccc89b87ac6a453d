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
  /** Port on loopback that the line leads to; asked at each connection where it is not known yet. */
  readonly to: number | (() => number)
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
    const far = connect(typeof to === 'number' ? to : to(), '127.0.0.1')
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
    new Direction(near, far, { ...line, way: 'up', reset }),
    new Direction(far, near, { ...line, way: 'down', reset }),
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

type OneWay = Line & { readonly way: Way; readonly reset: () => void }

/** One direction: bytes in the order they came, held as the fault of the moment says. */
class Direction {
  readonly #from: Socket
  readonly #to: Socket
  readonly #line: OneWay
  #held: Buffer[] = []
  #heldBytes = 0
  #ended = false
  #timer: NodeJS.Timeout | undefined

  constructor(from: Socket, to: Socket, line: OneWay) {
    this.#from = from
    this.#to = to
    this.#line = line
    from.on('data', (bytes: Buffer) => this.#take(bytes))
    from.once('end', () => this.#finish())
    from.once('close', () => this.#finish())
    to.once('close', () => {
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#discard()
    })
    from.resume()
  }

  look(): void {
    if (this.#timer !== undefined) return
    if (this.#to.destroyed) return this.#discard()
    const { fault, way } = this.#line
    const now = fault()
    if (now.kind === 'half-open') return
    if (now.kind === 'stall' && (now.way ?? way) === way) {
      return this.#later(now.ms, () => this.#pass(this.#heldBytes))
    }
    if (now.kind === 'slow') {
      const most = Math.ceil(now.bytesPerSecond / slowPiece)
      return this.#later(1_000 / slowPiece, () => this.#pass(most))
    }
    this.#pass(this.#heldBytes)
  }

  #take(bytes: Buffer): void {
    const { fault, prng, counted, reset } = this.#line
    const now = fault()
    if (now.kind === 'loss' && prng.next() < now.share) {
      counted.dropped += 1
      reset()
      return
    }
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes > heldBytesMax) this.#from.pause()
    this.look()
  }

  #later(ms: number, act: () => void): void {
    if (this.#heldBytes === 0 && !this.#ended) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      act()
      if (this.#heldBytes > 0) this.look()
    }, ms)
  }

  #pass(most: number): void {
    for (let left = most; left > 0;) {
      const piece = this.#held.shift()
      if (piece === undefined) break
      const part = piece.subarray(0, left)
      if (part.length < piece.length) this.#held.unshift(piece.subarray(part.length))
      left -= part.length
      this.#heldBytes -= part.length
      this.#line.counted.bytes += part.length
      this.#to.write(part)
    }
    if (this.#heldBytes <= heldBytesMax && !this.#from.destroyed) this.#from.resume()
    if (this.#ended && this.#heldBytes === 0) this.#to.end()
  }

  /** Nobody is left to read it; the other way may still have bytes on theirs. */
  #discard(): void {
    this.#held = []
    this.#heldBytes = 0
    if (!this.#from.destroyed) this.#from.resume()
  }

  #finish(): void {
    this.#ended = true
    this.look()
  }
}
