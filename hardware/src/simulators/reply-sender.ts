import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import type { LineEnd } from './line-end.ts'
import type { LineTrouble } from './line-trouble.ts'

export type ReplySender = {
  /** Makes and sends a reply with the troubles of its device; a silent one hears nothing either. */
  send(trouble: LineTrouble, reply: () => Uint8Array): void
  /** What waits is not sent any more. */
  unplug(): void
}

/** Devices answer in the order they were asked, however late; each has its own delay. */
export function createReplySender(line: LineEnd, clock: Clock): ReplySender {
  const answered = new Map<LineTrouble, { count: number; freeAt: number }>()
  let plugged = true
  return {
    send(trouble, reply) {
      const state = answered.get(trouble) ?? { count: 0, freeAt: 0 }
      state.count += 1
      answered.set(trouble, state)
      if (trouble.silent) return
      const bytes = trouble.distort(reply(), state.count)
      const sendAt = Math.max(state.freeAt, clock.mono() + trouble.delayMs(state.count))
      state.freeAt = sendAt
      if (bytes === null) return
      clock.after('device-reply', millis(sendAt - clock.mono()), () => {
        if (plugged) line.write(bytes)
      })
    },
    unplug() {
      plugged = false
    },
  }
}
