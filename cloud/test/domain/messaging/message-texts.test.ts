import { normalisePlate, type Plate } from '@baari/shared/domain/plate/plate'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { after, hours, instant, minutes } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import {
  messageText,
  lengthMost,
  type Language,
  type MessageFacts,
} from '../../../src/domain/messaging/message-texts.ts'

const today = istDayStart(istDay(instant(Date.UTC(2026, 10, 30))))
const now = after(today, hours(18))
/** The longest a plate gets: three letters of series. */
const plate = plateOf('GJ 01 ABC 1234')
const causes = ['capacity', 'late', 'supply'] as const
/** Both windows tomorrow: the longest a time gets. */
const [from, to] = [after(now, hours(20)), after(now, hours(21))] as const

const longest: readonly MessageFacts[] = [
  { kind: 'standby_offer', plate, now, to },
  ...causes.map((cause) => ({ kind: 'retime_offer', plate, now, cause, from, to }) as const),
  ...causes.map((cause) => ({ kind: 'retime_notice', plate, now, cause, from }) as const),
  { kind: 'lot_won', plate, now, to },
  { kind: 'lot_lost', plate, now, from, to },
  { kind: 'lot_refused', plate, now, from, isBooked: true },
  { kind: 'lot_refused', plate, now, from, isBooked: false },
]
/** GSM 03.38's basic alphabet as far as English needs it: each of these is one unit. */
const gsm = /^[A-Za-z0-9 @$!"#%&'()*+,\-./:;<=>?\n]*$/

describe.each(['en', 'hi'] as const)('each message in %s', (language: Language) => {
  it.each(longest.map((facts) => [nameOf(facts), facts] as const))(
    '%s fits one SMS at its longest, counted by code unit',
    (_, facts) => {
      const text = messageText(facts, language)
      // A string's length counts UTF-16 code units, as the carrier does for UCS-2.
      expect(text.length).toBeLessThanOrEqual(lengthMost[language])
      expect(text).toContain(plate)
      expect(gsm.test(text)).toBe(language === 'en')
    },
  )

  it('says the times of its windows, and the day where it is not today', () => {
    const soon = { plate, now, from: after(now, minutes(30)), to: after(now, hours(1)) }
    const text = messageText({ kind: 'retime_offer', cause: 'capacity', ...soon }, language)
    expect(text).toContain('18:30')
    expect(text).toContain('19:00')
    const tomorrow = messageText({ kind: 'standby_offer', plate, now, to }, language)
    expect(tomorrow).toMatch(language === 'en' ? /tomorrow 15:00/ : /कल 15:00/)
  })

  it('holds no word that carriers take as an opt-out, and asks for no digit', () => {
    for (const facts of longest) {
      const text = messageText(facts, language)
      expect(text).not.toMatch(/\b(STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|START|YES)\b/i)
      expect(text).not.toMatch(/\breply\b/i)
    }
  })
})

function plateOf(text: string): Plate {
  const plate = normalisePlate(text)
  if (!plate.ok) throw new Error(plate.error.code)
  return plate.value
}

function nameOf(facts: MessageFacts): string {
  if ('isBooked' in facts) return `${facts.kind} ${facts.isBooked ? 'booked' : 'other'}`
  return 'cause' in facts ? `${facts.kind} ${facts.cause}` : facts.kind
}
