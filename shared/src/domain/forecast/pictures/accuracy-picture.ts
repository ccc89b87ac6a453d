import { grid, niceTop, scaleOf, shortText, text, type Mark, type Picture } from './marks.ts'

/** One pair of bars: a forecast's mean error beside that of seasonal naive on the same rows. */
export type AccuracyPair = {
  readonly label: string
  readonly mae: number
  readonly naiveMae: number
  /** Share of the outcomes inside the band, 0 to 1. */
  readonly cover: number
}

export type AccuracyWords = {
  readonly forecast: string
  readonly naive: string
  /** Under each pair, given the share covered in percent. */
  readonly cover: (percent: number) => string
}

const frame = { width: 570, height: 300, left: 52, right: 560, top: 40, bottom: 232 }

/** Errors against seasonal naive, pair by pair, and how many outcomes each band held. */
export function accuracyPicture(pairs: readonly AccuracyPair[], words: AccuracyWords): Picture {
  const most = Math.max(0, ...pairs.flatMap(({ mae, naiveMae }) => [mae, naiveMae]))
  const y = scaleOf([0, niceTop(most)], [frame.bottom, frame.top])
  const room = (frame.right - frame.left) / Math.max(1, pairs.length)
  const bar = Math.min(28, room / 3)
  return {
    width: frame.width,
    height: frame.height,
    marks: [
      ...grid(y, [frame.left, frame.right]),
      ...pairs.flatMap(({ label, mae, naiveMae, cover }, place): readonly Mark[] => {
        const centre = Math.round(frame.left + room * (place + 0.5))
        const box = (value: number, left: number, tone: 'median' | 'naive'): Mark => {
          const top = y.at(value)
          return { kind: 'box', at: [left, top], size: [bar - 2, frame.bottom - top], tone }
        }
        const middle = { anchor: 'middle', tone: 'ink' } as const
        return [
          box(mae, centre - bar, 'median'),
          box(naiveMae, centre + 1, 'naive'),
          text([centre, y.at(Math.max(mae, naiveMae)) - 6], shortText(mae), middle),
          text([centre, frame.bottom + 20], label, middle),
          text([centre, frame.bottom + 40], words.cover(Math.round(100 * cover)), {
            anchor: 'middle',
          }),
        ]
      }),
      ...legend(words),
    ],
  }
}

function legend({ forecast, naive }: AccuracyWords): readonly Mark[] {
  const parts = [
    { said: forecast, tone: 'median' },
    { said: naive, tone: 'naive' },
  ] as const
  return parts.flatMap(({ said, tone }, place): readonly Mark[] => {
    const left = frame.left + 200 * place
    return [
      { kind: 'box', at: [left, 10], size: [22, 12], tone },
      text([left + 28, 21], said, { tone: 'ink' }),
    ]
  })
}
