import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** Packets beyond this are not even collected: the parser would keep up to 256 MiB. */
export const longestPacketBytes = 2 * 1024 * 1024

/** Pieces that are put together at most; a group acknowledges fewer for one device. */
const mostHeld = 512

/**
 * A socket whose MQTT packets are measured before they are parsed (MQTT 3.1.1, section 2.2.3:
 * the remaining length is at most four bytes of seven bits). One that announces too much is cut.
 * What is written within one turn of the loop goes out in one piece: a group that was stored
 * acknowledges several messages of a device at once, and a call of the system for each four bytes
 * was half of the inlet's work.
 */
export class GuardedSocket extends Duplex {
  readonly loopback: boolean
  /** The name a certificate proved; null on a plain connection. */
  readonly provenName: string | null
  readonly #socket: Socket
  readonly #meter = new PacketMeter()
  #held: Buffer[] = []
  #whenSent: ((error?: Error | null) => void) | null = null

  constructor(socket: Socket, provenName: string | null = null) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.provenName = provenName
    this.loopback = isLoopback(socket.remoteAddress)
    // Acknowledgements are small; waiting to fill a segment would cost 40 ms for each.
    socket.setNoDelay(true)
    socket.on('data', (bytes) => {
      if (this.#meter.fits(bytes)) {
        if (!this.push(bytes)) socket.pause()
      } else this.destroy(new Error('packet too long'))
    })
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#held.push(chunk)
    if (this.#held.length === 1) setImmediate(() => this.#send())
    // The next one may come; with so much held, or behind a slow peer, it waits for the sending.
    if (this.#held.length < mostHeld && !this.#socket.writableNeedDrain) done()
    else this.#whenSent = done
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send()
    this.#socket.end(() => done())
  }

  #send(): void {
    const [held, whenSent] = [this.#held, this.#whenSent]
    this.#held = []
    this.#whenSent = null
    const [only] = held
    if (only === undefined) return
    const bytes = held.length === 1 ? only : Buffer.concat(held)
    this.#socket.write(bytes, (error) => whenSent?.(error))
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // A refusal is written and then cut off: the client must still hear why.
    this.#send()
    this.#socket.destroy()
    done(error)
  }
}

export function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '')
}

/** Follows packet boundaries in a byte stream without keeping any of it. */
export class PacketMeter {
  #bodyLeft = 0
  /** Bytes of the fixed header seen: 0 waits for the type byte. */
  #headerAt = 0
  #length = 0

  /** False as soon as a packet announces more than is allowed, or no length at all. */
  fits(bytes: Uint8Array): boolean {
    let at = 0
    while (at < bytes.length) {
      if (this.#bodyLeft > 0) {
        const taken = Math.min(this.#bodyLeft, bytes.length - at)
        this.#bodyLeft -= taken
        at += taken
        continue
      }
      if (!this.#header(bytes[at] ?? 0)) return false
      at += 1
    }
    return true
  }

  #header(byte: number): boolean {
    if (this.#headerAt === 0) {
      this.#headerAt = 1
      this.#length = 0
      return true
    }
    if (this.#headerAt > 4) return false
    this.#length += (byte & 0x7f) * 128 ** (this.#headerAt - 1)
    this.#headerAt += 1
    if ((byte & 0x80) !== 0) return this.#headerAt <= 4
    this.#headerAt = 0
    this.#bodyLeft = this.#length
    return this.#length <= longestPacketBytes
  }
}
