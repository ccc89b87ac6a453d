import { describe, expect, it } from 'vitest'
import type { Codec, Decoded } from '../../src/ports/bus.ts'

export type StreamSubject<Request, Reply> = {
  readonly make: () => Codec<Request, Reply>
  /** One reply with a check value. */
  readonly reply: Uint8Array
  readonly request: Request
  /** Bytes no frame begins with. */
  readonly noise: Uint8Array
  readonly longestFrame: number
}

/** What every codec of a serial line promises about a dirty stream. */
export function streamClaims<Request, Reply>(subject: StreamSubject<Request, Reply>): void {
  const { make, reply, noise } = subject
  const framesOf = (found: readonly Decoded<Reply>[]): readonly Reply[] =>
    found.flatMap((item) => (item.kind === 'frame' ? [item.frame] : []))
  const feedAll = (...chunks: readonly Uint8Array[]): readonly Decoded<Reply>[] => {
    const codec = make()
    return [...chunks.flatMap((chunk) => codec.feed(chunk)), ...codec.tick()]
  }

  describe('a dirty line', () => {
    it('S01 noise before and after a frame is counted and costs no frame', () => {
      const kinds = feedAll(noise, reply, noise).map((item) => item.kind)
      expect(kinds).toEqual(['noise', 'frame', 'noise'])
    })

    it('S02 every single flipped bit is refused or leaves no frame', () => {
      for (let index = 0; index < reply.length; index += 1) {
        for (let bit = 0; bit < 8; bit += 1) {
          const damaged = Uint8Array.from(reply)
          damaged[index] = (damaged[index] ?? 0) ^ (1 << bit)
          expect(framesOf(feedAll(damaged)), `byte ${index} bit ${bit}`).toEqual([])
        }
      }
    })

    it('S03 a frame cut after any byte is not decoded, and joins when the rest comes', () => {
      for (let cut = 1; cut < reply.length; cut += 1) {
        const codec = make()
        expect(framesOf([...codec.feed(reply.subarray(0, cut)), ...codec.tick()])).toEqual([])
        expect(framesOf(codec.feed(reply.subarray(cut)))).toHaveLength(1)
        expect(codec.pending()).toBe(0)
      }
    })

    it('S03 a frame that arrives byte by byte is decoded once', () => {
      expect(framesOf(feedAll(...Array.from(reply, (byte) => Uint8Array.of(byte))))).toHaveLength(1)
    })

    it('S03 a frame torn at any byte never joins the good one behind it', () => {
      for (let cut = 1; cut < reply.length; cut += 1) {
        expect(framesOf(feedAll(reply.subarray(0, cut), reply)), `cut ${cut}`).toHaveLength(1)
      }
    })

    it('S04 two frames glued in one read are both decoded', () => {
      expect(framesOf(feedAll(Uint8Array.of(...reply, ...reply)))).toHaveLength(2)
    })

    it('S07 our own request is not taken for a reply', () => {
      const sent = make().encode(subject.request)
      expect(framesOf(feedAll(sent))).toEqual([])
      expect(framesOf(feedAll(sent, reply))).toHaveLength(1)
    })

    it.each([0x00, 0xff, ...reply.subarray(0, 2)])(
      'S14 a stuck transmitter that sends %i keeps less than one frame and recovers',
      (byte) => {
        const codec = make()
        for (let chunk = 0; chunk < 4; chunk += 1) {
          expect(framesOf(codec.feed(new Uint8Array(64 * 1024).fill(byte)))).toEqual([])
          expect(codec.pending()).toBeLessThanOrEqual(subject.longestFrame)
        }
        codec.tick()
        codec.reset()
        expect(framesOf(codec.feed(reply))).toHaveLength(1)
      },
    )
  })
}
