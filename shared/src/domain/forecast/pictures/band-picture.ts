import { grid, niceTop, runsOf, scaleOf, text, type Mark, type Picture } from './marks.ts'

export type Band = {
  readonly q10: number
  readonly q50: number
  readonly q90: number
}

/** Steps that follow each other; null where nothing was forecast, or nothing was recorded. */
export type BandsShown = {
  readonly fromMs: number
  readonly stepMs: number
  readonly bands: readonly (Band | null)[]
  readonly came: readonly (number | null)[]
  /** Null where the picture has no now. */
  readonly nowMs: number | null
}

export type BandWords = {
  readonly band: string
  readonly median: string
  readonly came: string
  readonly now: string
  /** Foot of a day, given its first moment. */
  readonly day: (atMs: number) => string
}

const frame = { width: 1160, height: 330, left: 52, right: 1150, top: 40, bottom: 296 }
const dayMs = 86_400_000

/** Forecast bands with what came over them; days are told apart by thin upright rules. */
export function bandPicture(
  { fromMs, stepMs, bands, came, nowMs }: BandsShown,
  words: BandWords,
  dayStartMs: (atMs: number) => number,
): Picture {
  const most = Math.max(
    ...bands.map((band) => band?.q90 ?? 0),
    ...came.map((value) => value ?? 0),
    0,
  )
  const steps = Math.max(bands.length, came.length, 1)
  const x = scaleOf([0, steps], [frame.left, frame.right])
  const y = scaleOf([0, niceTop(most)], [frame.bottom, frame.top])
  const days: Mark[] = []
  const end = fromMs + steps * stepMs
  for (let day = dayStartMs(fromMs); day < end; day += dayMs) {
    const at = x.at((Math.max(day, fromMs) - fromMs) / stepMs)
    days.push(
      { kind: 'line', from: [at, frame.top], to: [at, frame.bottom], tone: 'rule' },
      text([at + 4, frame.bottom + 18], words.day(day)),
    )
  }
  return {
    width: frame.width,
    height: frame.height,
    marks: [
      ...grid(y, [frame.left, frame.right]),
      ...days,
      ...runsOf(bands).map((run): Mark => {
        const high = run.map(({ at, value }) => [x.at(at + 0.5), y.at(value.q90)] as const)
        const low = run.map(({ at, value }) => [x.at(at + 0.5), y.at(value.q10)] as const)
        return { kind: 'area', points: [...high, ...low.toReversed()], tone: 'band' }
      }),
      ...runsOf(bands).map((run): Mark => {
        const points = run.map(({ at, value }) => [x.at(at + 0.5), y.at(value.q50)] as const)
        return { kind: 'curve', points, tone: 'median' }
      }),
      ...runsOf(came).map((run): Mark => {
        const points = run.map(({ at, value }) => [x.at(at + 0.5), y.at(value)] as const)
        return { kind: 'curve', points, tone: 'came' }
      }),
      ...nowMark(nowMs === null ? null : x.at((nowMs - fromMs) / stepMs), words.now),
      ...legend(words),
    ],
  }
}

function nowMark(at: number | null, said: string): readonly Mark[] {
  if (at === null || at < frame.left || at > frame.right) return []
  return [
    { kind: 'line', from: [at, frame.top - 6], to: [at, frame.bottom], tone: 'now' },
    text([at + 4, frame.top - 6], said, { tone: 'now' }),
  ]
}

function legend({ band, median, came }: BandWords): readonly Mark[] {
  const parts = [
    { said: band, tone: 'band' },
    { said: median, tone: 'median' },
    { said: came, tone: 'came' },
  ] as const
  return parts.flatMap(({ said, tone }, place): readonly Mark[] => {
    const left = frame.left + 240 * place
    return [
      {
        kind: 'box',
        at: [left, tone === 'band' ? 10 : 14],
        size: [22, tone === 'band' ? 12 : 4],
        tone,
      },
      text([left + 28, 21], said, { tone: 'ink' }),
    ]
  })
}
