import type { Plate } from '@baari/shared/domain/plate/plate'
import { istClockText, istDay } from '@baari/shared/units/ist-calendar'
import type { Instant } from '@baari/shared/units/time'
import type { RetimeCause } from '../booking/retime.ts'

export type Language = 'en' | 'hi'

/** What a message tells; the plate says which of a driver's bookings is meant. */
export type MessageFacts = { readonly plate: Plate; readonly now: Instant } & (
  | { readonly kind: 'standby_offer'; readonly to: Instant }
  | {
      readonly kind: 'retime_offer'
      readonly cause: RetimeCause
      readonly from: Instant
      readonly to: Instant
    }
  | { readonly kind: 'retime_notice'; readonly cause: RetimeCause; readonly from: Instant }
  /** Won by lot and booked. */
  | { readonly kind: 'lot_won'; readonly to: Instant }
  /** `to`: from when what the lot left is sold to whoever comes first. */
  | { readonly kind: 'lot_lost'; readonly from: Instant; readonly to: Instant }
  /** Drawn, and a rule of the sale said no: most often the vehicle is booked already. */
  | { readonly kind: 'lot_refused'; readonly isBooked: boolean; readonly from: Instant }
)

/** Longest text of one SMS, counted by UTF-16 code as the carrier does: the GSM alphabet's 160, or UCS-2's 70 (integrations.md section 5). */
export const lengthMost: Readonly<Record<Language, number>> = { en: 160, hi: 70 }

type Times = { readonly plate: Plate; readonly from: string; readonly to: string }
type Template = (times: Times) => string
type TemplateName =
  | 'standby_offer'
  | `retime_offer_${RetimeCause}`
  | `retime_notice_${RetimeCause}`
  | 'lot_won'
  | 'lot_lost'
  | 'lot_refused'
  | 'lot_refused_booked'

/**
 * One text for each thing told, in each language. The carrier of India brings no answers back, so no
 * text asks for a digit: the answer is given on the page. The sender's header says Baari already, so
 * that Hindi leaves the name out.
 */
const templates: Readonly<Record<Language, Readonly<Record<TemplateName, Template>>>> = {
  en: {
    standby_offer: ({ plate, to }) =>
      `Baari ${plate}: a place at ${to} is free. Take it on your Baari page within 3 minutes.`,
    retime_offer_capacity: ({ plate, from, to }) =>
      `Baari ${plate}: the station is behind at ${from}. Take ${to} instead? Answer on your Baari page within 3 minutes. No answer: it stays.`,
    retime_offer_late: ({ plate, from, to }) =>
      `Baari ${plate}: you will miss ${from}. Take ${to} instead? Answer on your Baari page within 3 minutes.`,
    retime_offer_supply: ({ plate, from, to }) =>
      `Baari ${plate}: no gas at ${from}. Take ${to} instead? Answer on your Baari page within 3 minutes.`,
    retime_notice_capacity: ({ plate, from }) =>
      `Baari ${plate}: the station is behind at ${from} and no other window is free. Your booking stays; expect a wait.`,
    retime_notice_late: ({ plate, from }) =>
      `Baari ${plate}: no later window than ${from} is free. Your booking stays.`,
    retime_notice_supply: ({ plate, from }) =>
      `Baari ${plate}: no gas at ${from} and no other window is free. Not coming is no fault of yours.`,
    lot_won: ({ plate, to }) =>
      `Baari ${plate}: the lot gave you ${to}. It is booked, there is nothing to confirm. QR and code are on your Baari page.`,
    lot_lost: ({ plate, from, to }) =>
      `Baari ${plate}: the lot gave you no place at ${from}. The rest is sold from ${to}, first come, on your Baari page.`,
    lot_refused: ({ plate, from }) =>
      `Baari ${plate}: drawn for ${from}, but it could not be booked. Take another window on your Baari page.`,
    lot_refused_booked: ({ plate, from }) =>
      `Baari ${plate}: drawn for ${from}, but the vehicle is booked already. That booking stays, see your Baari page.`,
  },
  hi: {
    standby_offer: ({ plate, to }) => `${plate}: ${to} पर जगह है। 3 मिनट में पेज पर लें।`,
    retime_offer_capacity: ({ plate, from, to }) =>
      `${plate}: ${from} पर भीड़। ${to} लें? 3 मिनट में पेज पर बताएँ।`,
    retime_offer_late: ({ plate, from, to }) =>
      `${plate}: ${from} छूटेगा। ${to} लें? 3 मिनट में पेज पर बताएँ।`,
    retime_offer_supply: ({ plate, from, to }) =>
      `${plate}: ${from} गैस नहीं। ${to} लें? 3 मिनट में पेज पर।`,
    retime_notice_capacity: ({ plate, from }) =>
      `${plate}: ${from} पर भीड़ है, रुकना होगा। बुकिंग बनी है।`,
    retime_notice_late: ({ plate, from }) => `${plate}: ${from} के बाद जगह नहीं। बुकिंग बनी है।`,
    retime_notice_supply: ({ plate, from }) => `${plate}: ${from} पर गैस नहीं। न आने पर कोई दोष नहीं।`,
    lot_won: ({ plate, to }) => `${plate}: पर्ची में नाम निकला, ${to} बुकिंग पक्की। QR पेज पर।`,
    lot_lost: ({ plate, from, to }) => `${plate}: ${from} की पर्ची नहीं निकली। बाकी ${to} से पेज पर।`,
    lot_refused: ({ plate, from }) => `${plate}: पर्ची निकली, पर ${from} बुक न हुआ। पेज पर दूसरा लें।`,
    lot_refused_booked: ({ plate, from }) =>
      `${plate}: ${from} की पर्ची निकली, पर बुकिंग पहले से है। पेज देखें।`,
  },
}

const tomorrow: Readonly<Record<Language, string>> = { en: 'tomorrow ', hi: 'कल ' }

/** The text of one SMS. */
export function messageText(facts: MessageFacts, language: Language): string {
  const { plate, now } = facts
  const told = (at: Instant | undefined): string =>
    at === undefined ? '' : (istDay(at) > istDay(now) ? tomorrow[language] : '') + istClockText(at)
  const from = told('from' in facts ? facts.from : undefined)
  const to = told('to' in facts ? facts.to : undefined)
  return templates[language][templateOf(facts)]({ plate, from, to })
}

function templateOf(facts: MessageFacts): TemplateName {
  switch (facts.kind) {
    case 'standby_offer':
    case 'lot_won':
    case 'lot_lost':
      return facts.kind
    case 'lot_refused':
      return facts.isBooked ? 'lot_refused_booked' : facts.kind
    case 'retime_offer':
      return `retime_offer_${facts.cause}`
    case 'retime_notice':
      return `retime_notice_${facts.cause}`
  }
}
