import type { MessageSender } from '../../ports/message-sender.ts'

/** Stands in where no carrier is configured: every message fails and the log says why. */
export const noCarrier: MessageSender = {
  send: () => Promise.resolve({ kind: 'failed', code: 'no_carrier', lasting: true }),
}
