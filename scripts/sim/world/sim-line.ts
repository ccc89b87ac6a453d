import type { CloudLine, ExchangeAnswer } from '@baari/edge/ports/cloud-line'
import type { Clock } from '@baari/shared/runtime/clock'
import { instant, type Instant, type Mono } from '@baari/shared/units/time'
import type { CloudDoor, Speaker } from './cloud-door.ts'
import type { ProcessWire } from './wire.ts'

export type LineParts = {
  readonly wire: ProcessWire
  readonly door: CloudDoor
  readonly speaker: Speaker
  readonly clock: Clock
  readonly onTime: (told: {
    readonly serverTime: Instant
    readonly sentMono: Mono
    readonly receivedMono: Mono
  }) => void
  /** The cloud took something from this process as the station's word. */
  readonly onAccepted: () => void
  /** The cloud opened a session for this process. */
  readonly onSession: (generation: number) => void
}

const deadlineMs = 30_000

/** The station's line over the faulty wire. */
export function simLine(parts: LineParts): CloudLine {
  const { wire, door, speaker, clock, onTime } = parts

  async function timed<T extends { readonly serverTimeMs: number }>(
    ask: () => Promise<ExchangeAnswer<T>>,
  ): Promise<ExchangeAnswer<T>> {
    const sentMono = clock.mono()
    const answer = await ask()
    if (answer.ok) {
      const serverTime = instant(answer.value.serverTimeMs)
      onTime({ serverTime, sentMono, receivedMono: clock.mono() })
    }
    return answer
  }

  return {
    async openSession(input) {
      const asking = { deadlineMs, signal: input.signal }
      const challenge = await wire.exchange({
        ...{ what: 'challenge', ...asking },
        serve: () => door.challenge(speaker),
      })
      if (!challenge.ok) return challenge
      const { nonce } = challenge.value
      return timed(() =>
        wire.exchange({
          ...{ what: 'session', ...asking },
          async serve() {
            const opened = await door.openSession(speaker, { ...input, nonce })
            if (opened.ok) parts.onSession(opened.value.gen)
            return opened
          },
        }),
      )
    },
    sendRun: (input) =>
      timed(() =>
        wire.exchange({
          ...{ what: 'batch', deadlineMs, signal: input.signal },
          async serve() {
            const answer = await door.sendRun(input)
            if (answer.ok) parts.onAccepted()
            return answer
          },
        }),
      ),
    makeReady: (run) => Promise.resolve(run),
    readHeads: ({ session, signal }) =>
      wire.exchange({
        ...{ what: 'heads', deadlineMs, signal },
        serve: () => door.readHeads(session),
      }),
    pullOps: ({ session, range, signal }) =>
      wire.exchange({
        ...{ what: 'pull', deadlineMs, signal },
        serve: () => door.pullOps({ session, range }),
      }),
  }
}
