import { after, minutes, type Instant } from '@baari/shared/units/time'

export type StandbyAnswer = 'accept' | 'snooze' | 'leave'

export type OfferTimes = {
  readonly sentAt: Instant
  /** When the phone had the message; undefined while nobody has said so. */
  readonly deliveredAt: Instant | undefined
}

const fromReceipt = minutes(3)
const fromSending = minutes(10)
/** Who snoozed or did not answer is asked again after this, so that the next one has a turn. */
export const askedAgainAfter = minutes(10)

/** Until when an offer can be answered: 3 min from the receipt, 10 min from sending at most. */
export function answerUntil({ sentAt, deliveredAt }: OfferTimes): Instant {
  const latest = after(sentAt, fromSending)
  if (deliveredAt === undefined) return latest
  const usual = after(deliveredAt, fromReceipt)
  return usual < latest ? usual : latest
}
