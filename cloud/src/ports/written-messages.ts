import type { Instant } from '@baari/shared/units/time'
import type { Language, MessageFacts } from '../domain/messaging/message-texts.ts'
import type { OutboxMessage } from './outbox.ts'
import type { Phone } from './people.ts'

export type Addressed = {
  readonly to: Phone
  readonly language: Language
  readonly facts: MessageFacts
}

/** What a message tells and whom; undefined once its offer was answered or its booking is over. */
export type FindAddressed = (message: OutboxMessage, now: Instant) => Promise<Addressed | undefined>
