import type { Clock } from '@baari/shared/runtime/clock'
import { messageText } from '../../domain/messaging/message-texts.ts'
import type { MessageCarrier } from '../../ports/message-carrier.ts'
import type { FindAddressed } from '../../ports/written-messages.ts'
import type { AskCarrier, SendMessage } from './deliver-messages.ts'

export type WriteDeps = {
  readonly find: FindAddressed
  readonly carrier: MessageCarrier
  readonly clock: Clock
}

/** Sends a message as it reads now; not when what it tells of is over by now. */
export function sendWritten({ find, carrier, clock }: WriteDeps): SendMessage {
  return async (message) => {
    const addressed = await find(message, clock.now())
    if (addressed === undefined) return { kind: 'over' }
    const { to, facts, language } = addressed
    return carrier.send({ to, text: messageText(facts, language), receiptsFor: message.id })
  }
}

/** Asks about a message by whom it went to, what it says and when it was made. */
export function askAboutWritten({ find, carrier, clock }: WriteDeps): AskCarrier {
  return async (message) => {
    const addressed = await find(message, clock.now())
    // Over meanwhile: whether it was sent does not matter any more.
    if (addressed === undefined) return { kind: 'unknown' }
    const { to, facts, language } = addressed
    const { createdAt: since } = message
    const texts = [since, facts.now].map((now) => messageText({ ...facts, now }, language))
    return carrier.lookUp({ to, texts, since })
  }
}
