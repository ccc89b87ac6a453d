import { isoDate, istClockText, istDay } from '@baari/shared/units/ist-calendar'
import { kilogramText } from '@baari/shared/units/mass'
import type { Instant } from '@baari/shared/units/time'
import type { PrintPage } from '../../ports/paper.ts'
import type { WalkInGiven } from '../desk/entry-desk.ts'

const minute = 60_000
const centred = { kind: 'text', align: 'centre' } as const

/** The paper of a walk-in number: the number first, then where one stands, in both languages. */
export function numberPaper(
  given: WalkInGiven,
  station: { readonly name: string; readonly now: Instant },
): PrintPage {
  const { ticket } = given
  return {
    lines: [
      { ...centred, text: station.name, scale: 1 },
      { ...centred, text: ticket.label, scale: 4 },
      ...(given.cutUntilMs === null ? waitLines(given.wait) : cutLines(given.cutUntilMs)),
      ...gasLines(given.expectedGrams),
      { ...centred, text: 'Watch the board for your number', scale: 1 },
      { ...centred, text: 'बोर्ड पर अपना नंबर देखें', scale: 1 },
      { kind: 'rule' },
      {
        ...centred,
        text: `${isoDate(istDay(station.now))} ${istClockText(station.now)}`,
        scale: 1,
      },
    ],
  }
}

function gasLines(expected: WalkInGiven['expectedGrams']): PrintPage['lines'] {
  if (expected === null) return []
  const kg = kilogramText(expected, 1)
  return [
    { ...centred, text: `Gas is low: about ${kg} kg`, scale: 1 },
    { ...centred, text: `गैस कम है: लगभग ${kg} किलो`, scale: 1 },
  ]
}

function waitLines({ medianMs, p90Ms }: WalkInGiven['wait']): PrintPage['lines'] {
  const from = Math.round(medianMs / minute)
  const to = Math.max(from, Math.ceil(p90Ms / minute))
  return [
    { ...centred, text: `Wait about ${from}-${to} min`, scale: 1 },
    { ...centred, text: `प्रतीक्षा लगभग ${from}-${to} मिनट`, scale: 1 },
  ]
}

/** Instead of the wait: the queue's own says nothing while there is no gas. */
function cutLines(until: Instant): PrintPage['lines'] {
  const time = istClockText(until)
  return [
    { ...centred, text: `No gas until about ${time}`, scale: 1 },
    { ...centred, text: `लगभग ${time} बजे तक गैस नहीं`, scale: 1 },
  ]
}
