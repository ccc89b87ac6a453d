import type {
  WhatIfAnswer,
  WhatIfAsk,
  WhatIfQuestion,
} from '@baari/shared/contracts/http/what-if-api'
import type { DrawingWords } from '@baari/shared/domain/twin/drawing'
import type { Words } from '../words/en.ts'
import { fill } from '../words/language.ts'

export const loads = { quiet: 0.6, usual: 0.8, crowded: 0.95 } as const
/** Booked starts in a row before a walk-in, and once the oldest has waited long. */
export const rules = { today: null, one: [1, 1], three: [3, 1], none: [0, 0] } as const
export const shares = [0.2, 0.35, 0.5, 0.7] as const
/** Days that are played on each side. */
const replications = 12

export type WhatIfForm = {
  readonly name: string
  readonly positions: number
  readonly load: keyof typeof loads
  readonly bookedShare: number
  readonly close: boolean
  readonly cap: 'forecast' | 'flat'
  readonly rule: keyof typeof rules
  /** Null: as many as today. */
  readonly thenShare: number | null
}

export function questionOf(form: WhatIfForm): WhatIfQuestion {
  const { name, positions, load, bookedShare } = form
  const day = { positions, load: loads[load], bookedShare }
  return { scenario: { name, replications, day }, changes: changesOf(form) }
}

export function changesOf({ close, cap, rule, thenShare }: WhatIfForm): WhatIfAsk['changes'] {
  const limits = rules[rule]
  return [
    ...(close ? [{ kind: 'close-position' } as const] : []),
    ...(cap === 'flat' ? [{ kind: 'cap', cap } as const] : []),
    ...(limits === null ? [] : [ruleChange(limits)]),
    ...(thenShare === null ? [] : [{ kind: 'booked-share', bookedShare: thenShare } as const]),
  ]
}

function ruleChange([streakLimit, streakLimitWhenOld]: readonly [number, number]) {
  return { kind: 'rule', streakLimit, streakLimitWhenOld } as const
}

export const whatIfRows = [
  'bookedP95',
  'bookedInTen',
  'walkInMean',
  'walkInP95',
  'walkInOver30',
  'allMean',
] as const

export type WhatIfRow = (typeof whatIfRows)[number]

type Estimate = WhatIfAnswer['now']['allMean']

const shareRows: ReadonlySet<WhatIfRow> = new Set(['bookedInTen', 'walkInOver30'])

type Shown = { readonly text: string; readonly limits: string }

/** `7.1 min` and `6.2 to 8.0`, neither below nothing nor above all; shares in per cent. */
export function estimateShown(words: Words, row: WhatIfRow, estimate: Estimate): Shown {
  if (!Number.isFinite(estimate.mean)) return { text: words.whatIf.nobody, limits: '' }
  const low = Math.max(0, estimate.low)
  const high = shareRows.has(row) ? Math.min(1, estimate.high) : estimate.high
  return withLimits(words, row, { ...estimate, low, high, number: numberOf(row) })
}

/** The same with a sign; in words where the limits lie on both sides of nothing. */
export function differenceShown(words: Words, row: WhatIfRow, estimate: Estimate): Shown {
  if (!Number.isFinite(estimate.mean)) return { text: '–', limits: '' }
  const plain = numberOf(row)
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${plain(value)}`
  const shown = withLimits(words, row, { ...estimate, number: signed })
  return isClear(estimate)
    ? shown
    : { ...shown, limits: `${shown.limits}: ${words.whatIf.unclear}` }
}

/** Whether chance alone does not explain it. */
export function isClear({ low, high }: Estimate): boolean {
  return low > 0 || high < 0
}

/** Whether more of it is worse; only `bookedInTen` is better when it grows. */
export function isWorse(row: WhatIfRow, { mean }: Estimate): boolean {
  return row === 'bookedInTen' ? mean < 0 : mean > 0
}

function numberOf(row: WhatIfRow): (value: number) => string {
  return (value) => (shareRows.has(row) ? value * 100 : value).toFixed(1)
}

/** Mean and limits in the unit of the row, as `number` writes them. */
function withLimits(
  { whatIf }: Words,
  row: WhatIfRow,
  { mean, low, high, number }: Estimate & { readonly number: (value: number) => string },
): Shown {
  const unit = shareRows.has(row) ? whatIf.percent : whatIf.minutes
  return {
    text: fill(unit, { n: number(mean) }),
    limits: fill(whatIf.range, { low: number(low), high: number(high) }),
  }
}

export function drawingWords({ whatIf: { picture } }: Words): DrawingWords {
  return {
    ...picture,
    queue: (most) => fill(picture.queue, { most }),
    hour: (n) => fill(picture.hour, { n }),
  }
}
