import { afterEach, describe, expect, it } from 'vitest'
import type { BytePipe } from '../../src/ports/byte-pipe.ts'

/** A pipe under test with the means to be its far end. */
export type PipeSubject = {
  readonly pipe: BytePipe
  /** Sends bytes towards the pipe. */
  readonly farSends: (bytes: Uint8Array) => void
  /** What the pipe's far end received so far, joined. */
  readonly farReceived: () => Uint8Array
  /** Breaks the line without a word of the pipe's owner. */
  readonly breakLine: () => Promise<void>
  /** Makes the line possible again. */
  readonly mendLine: () => Promise<void>
  /** Waits until the condition holds, bounded. */
  readonly eventually: (condition: () => boolean, what: string) => Promise<void>
  readonly dispose: () => Promise<void>
}

/** What every byte pipe promises (ports/byte-pipe.ts). */
export function bytePipeContract(name: string, make: () => Promise<PipeSubject>): void {
  describe(`byte pipe: ${name}`, () => {
    let subject: PipeSubject | null = null
    afterEach(async () => {
      await subject?.pipe.close()
      await subject?.dispose()
      subject = null
    })

    async function opened(): Promise<PipeSubject> {
      const made = await make()
      subject = made
      made.pipe.start()
      await made.eventually(() => made.pipe.state() === 'open', 'the pipe is open')
      return made
    }

    it('refuses a write before it is open and counts it', async () => {
      const made = await make()
      subject = made
      expect(made.pipe.state()).toBe('opening')
      expect(made.pipe.write(Uint8Array.of(1))).toBe(false)
      expect(made.pipe.fault()?.code).toBe('port_unavailable')
      expect(made.pipe.counters().refusedWrites).toBe(1)
    })

    it('carries bytes both ways in order and counts them', async () => {
      const { pipe, farSends, farReceived, eventually } = await opened()
      const received: number[] = []
      pipe.onBytes((bytes) => received.push(...bytes))
      for (let byte = 0; byte < 200; byte += 1) expect(pipe.write(Uint8Array.of(byte))).toBe(true)
      await eventually(() => farReceived().length === 200, 'the far end has all bytes')
      expect([...farReceived()]).toEqual(Array.from({ length: 200 }, (_, index) => index))
      farSends(Uint8Array.of(9, 8, 7, 0, 255))
      await eventually(() => received.length === 5, 'the pipe has all bytes')
      expect(received).toEqual([9, 8, 7, 0, 255])
      expect(pipe.counters()).toMatchObject({ bytesIn: 5, bytesOut: 200, opens: 1 })
      expect(pipe.fault()).toBeNull()
    })

    it('a listener that unsubscribed hears nothing more', async () => {
      const { pipe, farSends, eventually } = await opened()
      const heard: number[] = []
      const silence = pipe.onBytes(() => heard.push(1))
      silence()
      farSends(Uint8Array.of(1))
      await eventually(() => pipe.counters().bytesIn === 1, 'the byte arrived')
      expect(heard).toEqual([])
    })

    it('S09 a broken line is told, refuses writes, and is opened again by itself', async () => {
      const { pipe, breakLine, mendLine, eventually } = await opened()
      const states: string[] = []
      pipe.onState((state) => states.push(state))
      await breakLine()
      pipe.write(Uint8Array.of(1))
      await eventually(() => pipe.state() === 'opening', 'the loss is noticed')
      expect(pipe.write(Uint8Array.of(1))).toBe(false)
      expect(pipe.fault()).not.toBeNull()
      await mendLine()
      await eventually(() => pipe.state() === 'open', 'the line is open again')
      expect(states.at(0)).toBe('opening')
      expect(states.at(-1)).toBe('open')
      expect(pipe.counters().opens).toBeGreaterThanOrEqual(2)
    })

    it('is closed for good, twice if need be', async () => {
      const { pipe } = await opened()
      await pipe.close()
      await pipe.close()
      expect(pipe.state()).toBe('closed')
      expect(pipe.write(Uint8Array.of(1))).toBe(false)
      pipe.start()
      expect(pipe.state()).toBe('closed')
    })
  })
}
