import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { millis, monoAfter, type Millis } from '@baari/shared/units/time'
import type { Bus, Codec, Exchange } from '../../src/ports/bus.ts'
import type { FrameBuffer } from '../../src/protocols/frame-buffer.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'

/** What a device does with the n-th request it hears, from 1; null leaves it unanswered. */
export type Script<Request> = (
  request: Request,
  nth: number,
) => { readonly bytes: Uint8Array; readonly afterMs: Millis } | null

export type ScriptedLine<Request, Reply> = {
  readonly clock: ManualClock
  readonly bus: Bus<Request, Reply>
  /** Every request that was heard, with its time. */
  readonly heard: readonly { readonly request: Request; readonly atMs: number }[]
  ask(
    request: Request,
    over?: Partial<Omit<Exchange<Request>, 'forms'>>,
  ): ReturnType<Bus<Request, Reply>['exchange']>
}

/** A bus on a memory wire whose far end answers by a script; each address answers in order. */
export function scriptedLine<Request, Reply>(options: {
  readonly codec: Codec<Request, Reply>
  readonly decoder: FrameBuffer<Request>
  readonly script: Script<Request>
}): ScriptedLine<Request, Reply> {
  const { codec, decoder, script } = options
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  const heard: { request: Request; atMs: number }[] = []
  const freeAt = new Map<number, number>()
  far.onBytes((bytes) => {
    for (const item of decoder.feed(bytes)) {
      if (item.kind !== 'frame') continue
      heard.push({ request: item.frame, atMs: clock.mono() })
      const answer = script(item.frame, heard.length)
      if (answer === null) continue
      const address = codec.addressOf(item.frame)
      const sendAt = Math.max(freeAt.get(address) ?? 0, clock.mono() + answer.afterMs)
      freeAt.set(address, sendAt)
      clock.after('reply', millis(sendAt - clock.mono()), () => void far.write(answer.bytes))
    }
  })
  far.start()
  const bus = createBus({
    name: 'line',
    pipe: near,
    codec,
    clock,
    timing: { baud: 9_600, bitsPerChar: 11 },
  })
  bus.start()
  return {
    clock,
    bus,
    heard,
    ask: (request, over = {}) =>
      bus.exchange({
        forms: [request],
        priority: 'control',
        timeoutMs: millis(100),
        retries: 0,
        deadline: monoAfter(clock.mono(), millis(60_000)),
        ...over,
      }),
  }
}
