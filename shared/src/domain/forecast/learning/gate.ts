import { seededChance, type Chance } from '../chance.ts'
import { pinballOf, type JudgedRow, type Quantiles } from './judged-row.ts'
import { stepCover } from './step-cover.ts'

/** What was measured of a model in the runtime that stations use. */
export type Measured = {
  /** Values the runtime answered otherwise than the trainer, in golden, back-test and hold-out rows. */
  readonly parityWrong: number
  /** Rows compared; none is no parity. */
  readonly parityRows: number
  /** Answers for a week, milliseconds, 99 %. */
  readonly weekMs: number
  /** From the bytes to a model that answers, milliseconds. */
  readonly loadMs: number
}

/** What is known of a challenger beside its forecasts. */
export type GateFacts = Measured & {
  /** Origins of a week each that the rows come from. */
  readonly origins: number
  /** A model from made data never passes on made data. */
  readonly madeHoldOut: boolean
  readonly seed: number
}

export const gateReasons = [
  'too_few_origins',
  'hold_out_made',
  'no_gain',
  'station_worse',
  'naive_better',
  'coverage_out',
  'parity_unmeasured',
  'parity_wrong',
  'too_slow',
] as const
export type GateReason = (typeof gateReasons)[number]

export type GateVerdict = {
  readonly passes: boolean
  readonly reasons: readonly GateReason[]
  /** Share by which the mean pinball loss falls, with the lower 80 % bound of the bootstrap. */
  readonly gain: { readonly mean: number; readonly low: number }
  /** Share of the outcomes between q10 and q90, both included. */
  readonly cover: number
  /** The same where outcomes come in steps (`step-cover.ts`); a model of an older release has none. */
  readonly stepCover?: number
  /** Share by which the median's absolute error lies below that of seasonal naive. */
  readonly skill: number
  readonly rows: number
  readonly measured: Measured
}

const originsMin = 4
const resamples = 400
const gainMin = 0.01
const stationWorseMax = 0.05
/**
 * Too narrow is a band that with all of its ends holds less, too wide one that holds more though of the
 * steps at its ends it is given what it needs. For outcomes without steps both are the plain cover.
 */
const coverWithin = { low: 0.76, high: 0.88 } as const
const weekMsMax = 100
const loadMsMax = 100

/**
 * Whether a challenger may enter its two days in shadow (forecasting.md section 6): on identical rows
 * outside both models' training, days of events left out, its pinball loss falls by a paired block
 * bootstrap over days, it beats seasonal naive, its band covers, and the runtime agrees in time.
 */
export function judgeChallenger(all: readonly JudgedRow[], facts: GateFacts): GateVerdict {
  const rows = all.filter(({ event }) => !event)
  const gain = gainOf(rows, seededChance(facts.seed))
  const cover = shareOf(
    rows,
    ({ actual, challenger: { q10, q90 } }) => actual >= q10 && actual <= q90,
  )
  const stepped = stepCover(
    rows.map(({ series, actual, challenger: { q10, q90 } }) => {
      return { series, actual, low: q10, high: q90 }
    }),
  )
  const error = meanOf(rows, ({ actual, challenger }) => Math.abs(actual - challenger.q50))
  const skill =
    1 -
    error /
      Math.max(
        1e-9,
        meanOf(rows, ({ actual, naive }) => Math.abs(actual - naive)),
      )
  const enough = gain.low > 0 || (gain.mean >= gainMin && !stationWorse(rows))
  const asked: readonly (readonly [GateReason, boolean])[] = [
    ['too_few_origins', facts.origins < originsMin || rows.length === 0],
    ['hold_out_made', facts.madeHoldOut],
    ['no_gain', !enough && !(gain.mean >= gainMin)],
    ['station_worse', !enough && gain.mean >= gainMin],
    ['naive_better', !(skill > 0)],
    ['coverage_out', cover < coverWithin.low || stepped > coverWithin.high],
    ['parity_unmeasured', facts.parityRows === 0],
    ['parity_wrong', facts.parityWrong > 0],
    ['too_slow', facts.weekMs > weekMsMax || facts.loadMs > loadMsMax],
  ]
  const reasons = asked.flatMap(([reason, holds]) => (holds ? [reason] : []))
  const { parityWrong, parityRows, weekMs, loadMs } = facts
  return {
    ...{ passes: reasons.length === 0, reasons, gain, cover, stepCover: stepped },
    ...{ skill, rows: rows.length },
    measured: { parityWrong, parityRows, weekMs, loadMs },
  }
}

/** The share gained, and the value that nine of ten resamples of whole days lie above. */
function gainOf(rows: readonly JudgedRow[], chance: Chance): { mean: number; low: number } {
  const days = [...sumsBy(rows, ({ day }) => String(day)).values()]
  const mean = shareGained(days)
  const drawn = Array.from({ length: resamples }, () =>
    shareGained(days.map(() => days[Math.floor(chance() * days.length)]!)),
  ).sort((a, b) => a - b)
  return { mean, low: drawn[Math.floor(0.1 * resamples)] ?? mean }
}

type Losses = { readonly champion: number; readonly challenger: number }

function shareGained(parts: readonly Losses[]): number {
  const of = (key: keyof Losses): number => parts.reduce((sum, part) => sum + part[key], 0)
  const before = of('champion')
  return before > 0 ? (before - of('challenger')) / before : 0
}

function stationWorse(rows: readonly JudgedRow[]): boolean {
  const stations = sumsBy(rows, ({ station }) => String(station)).values()
  return [...stations].some((losses) => shareGained([losses]) < -stationWorseMax)
}

function sumsBy(
  rows: readonly JudgedRow[],
  keyOf: (row: JudgedRow) => string,
): ReadonlyMap<string, Losses> {
  const sums = new Map<string, Losses>()
  for (const row of rows) {
    const before = sums.get(keyOf(row)) ?? { champion: 0, challenger: 0 }
    const loss = (of: Quantiles): number => pinballOf(row.actual, of)
    sums.set(keyOf(row), {
      champion: before.champion + loss(row.champion),
      challenger: before.challenger + loss(row.challenger),
    })
  }
  return sums
}

function meanOf(rows: readonly JudgedRow[], of: (row: JudgedRow) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length)
}

function shareOf(rows: readonly JudgedRow[], holds: (row: JudgedRow) => boolean): number {
  return rows.filter(holds).length / Math.max(1, rows.length)
}
