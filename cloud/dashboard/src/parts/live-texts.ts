import type { LiveAlarm, LiveStation } from '@baari/shared/contracts/http/live-api'
import type { Words } from '../words/en.ts'
import { fill } from '../words/language.ts'
import { clockText, type Mark } from './texts.ts'

type Guidance = { readonly what: string; readonly remedy: string }

/** A length of time in its largest whole measure. */
export function ageText(words: Words, ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000))
  const { age } = words.live
  if (s < 60) return fill(age.s, { n: s })
  if (s < 3_600) return fill(age.min, { n: Math.floor(s / 60) })
  if (s < 172_800) return fill(age.h, { n: Math.floor(s / 3_600) })
  return fill(age.d, { n: Math.floor(s / 86_400) })
}

/** What an alarm means and asks for, by its code, or by its source where the code is not known. */
export function guidanceOf(words: Words, { source, code }: LiveAlarm): Guidance {
  const codes: Readonly<Record<string, Guidance>> = words.alarms.code
  const sources: Readonly<Record<string, Guidance>> = words.alarms.source
  return codes[code] ?? sources[source] ?? words.alarms.source.other
}

/** One thing that is wrong now, whoever found it. */
export type Wrong = Guidance & {
  readonly key: string
  readonly station: number
  readonly stationName: string
  readonly severity: LiveAlarm['severity']
  /** What it is about: a position, a device. */
  readonly about: string
  /** Code and detail for whoever is called. */
  readonly technical: string
  readonly sinceMs: number | null
}

/** Whole vehicles that will be late; less than one is no news. */
const newsFrom = 1
const ranks = ['danger', 'act', 'note'] as const

/** Everything wrong at all stations: danger first, then who waits the longest. */
export function wrongNow(words: Words, stations: readonly LiveStation[]): readonly Wrong[] {
  const rank = (one: Wrong): number => ranks.indexOf(one.severity)
  return stations
    .flatMap((one) => [...alarmsOf(words, one), ...findings(words, one)])
    .toSorted((a, b) => rank(a) - rank(b) || (a.sinceMs ?? Infinity) - (b.sinceMs ?? Infinity))
}

function alarmsOf(words: Words, { station, name, alarms }: LiveStation): readonly Wrong[] {
  return alarms.map((alarm) => {
    const { source, code, subject, detail, severity, sinceMs } = alarm
    const position = /^position (\d+)$/.exec(subject)?.[1]
    return {
      ...guidanceOf(words, alarm),
      ...{ station, stationName: name, severity, sinceMs },
      key: `${station}/${source}/${code}/${subject}`,
      about: position === undefined ? subject : fill(words.live.place, { no: position }),
      technical: detail === '' ? code : `${code}: ${detail}`,
    }
  })
}

/** What no station can tell by itself: that it is away, and that its promise breaks. */
function findings(words: Words, one: LiveStation): readonly Wrong[] {
  const { station, name: stationName, stale, heardAtMs, risk, cutUntilMs } = one
  const found: Wrong[] = []
  const add = (kind: 'away' | 'late' | 'cut', more: Partial<Wrong>, facts = {}): void => {
    const { what, remedy } = words.live[kind]
    const plain = { key: `${station}/${kind}`, station, stationName, about: '', technical: '' }
    const severity = kind === 'late' ? 'act' : 'note'
    found.push({ ...plain, severity, sinceMs: null, what: fill(what, facts), remedy, ...more })
  }
  if (stale && heardAtMs !== null) add('away', { severity: 'act', sinceMs: heardAtMs })
  if (risk !== null && risk.late >= newsFrom) add('late', {}, riskFacts(risk))
  if (cutUntilMs !== null) add('cut', {}, { time: clockText(cutUntilMs) })
  return found
}

type Risk = NonNullable<LiveStation['risk']>

function riskFacts({ late, booked }: Pick<Risk, 'late' | 'booked'>) {
  return { late: Math.round(late), booked }
}

export function promiseText(words: Words, risk: LiveStation['risk']): string {
  const { live } = words
  if (risk === null) return live.promiseUnknown
  if (risk.booked === 0) return live.promiseNobody
  if (risk.late < newsFrom) return fill(live.promiseKept, riskFacts(risk))
  return fill(live.promiseLate, riskFacts(risk))
}

/** `in the line 1/2, 14:30 6/12`: where those who will be late are; empty when nobody is. */
export function latePlaces(words: Words, risk: Risk): string {
  const share = (one: Pick<Risk, 'late' | 'booked'>): string =>
    `${Math.round(one.late)}/${one.booked}`
  const counts = (one: Pick<Risk, 'late'>): boolean => Math.round(one.late) >= newsFrom
  return [
    ...(counts(risk.line) ? [`${words.live.inLine} ${share(risk.line)}`] : []),
    ...risk.windows.filter(counts).map((one) => `${clockText(one.startMs)} ${share(one)}`),
  ].join(', ')
}

export function promiseMark(risk: LiveStation['risk']): Mark {
  if (risk === null) return 'wait'
  return risk.late < newsFrom ? 'good' : 'bad'
}

export function positionMark(state: string): Mark {
  if (state === 'fault') return 'bad'
  return state === 'closed' || state === 'offline' ? 'wait' : 'good'
}

export function stateText(words: Words, state: string): string {
  const known: Readonly<Record<string, string>> = words.live.state
  return known[state] ?? state
}
