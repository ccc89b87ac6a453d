import type { Answer, Figures } from './what-if.ts'

/** A figure that is drawn as a bar. */
const drawnFigures = ['allMean', 'bookedP95', 'walkInMean', 'walkInP95'] as const

type DrawnFigure = (typeof drawnFigures)[number]

/** The words in a picture; its numbers are the answer's. */
export type DrawingWords = {
  readonly title: string
  readonly sides: { readonly b: string; readonly now: string; readonly then: string }
  readonly figures: Readonly<Record<DrawnFigure, string>>
  /** Over the curve of the queue; given the most that ever waited. */
  readonly queue: (most: string) => string
  readonly hour: (hour: number) => string
}

/** What a picture is made of, in pixels from its upper left corner; a caller draws it his way. */
export type Mark =
  | {
      readonly kind: 'box'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly colour: string
    }
  | {
      readonly kind: 'line'
      readonly from: readonly [number, number]
      readonly to: readonly [number, number]
    }
  | {
      readonly kind: 'text'
      readonly x: number
      readonly y: number
      readonly size: number
      readonly anchor: 'start' | 'end'
      readonly text: string
    }
  | {
      readonly kind: 'curve'
      readonly points: readonly (readonly [number, number])[]
      readonly colour: string
    }

type Drawing = {
  readonly width: number
  readonly height: number
  readonly marks: readonly Mark[]
}

type Side = { readonly label: string; readonly colour: string; readonly figures: Figures }

const width = 760
const left = 215
/** A picture is often shown at three quarters of its size. */
const sizes = { title: 19, words: 16, numbers: 14 } as const
const barsTop = 70
const rowHeight = 52
const barHeight = 12
const curveTop = barsTop + drawnFigures.length * rowHeight + 60
const curveHeight = 180
/** The day of the twin begins at 5 and tells its queue every half hour. */
const firstHour = 5

/** An answer as bars with their intervals and, for a day, the queue by the hour. */
export function drawingOf(answer: Answer, words: DrawingWords): Drawing {
  const sides = sidesOf(answer, words)
  const day = answer.now.queue.length > 0
  return {
    width,
    height: day ? curveTop + curveHeight + 50 : curveTop,
    marks: [
      label({ x: 20, y: 28, size: sizes.title }, words.title),
      ...legend(sides),
      ...bars(sides, words),
      ...(day ? curves(sides, words) : []),
    ],
  }
}

function sidesOf({ b, now, then }: Answer, { sides }: DrawingWords): readonly Side[] {
  return [
    { label: sides.b, colour: '#9aa5b1', figures: b },
    { label: sides.now, colour: '#1f77b4', figures: now },
    ...(then === undefined ? [] : [{ label: sides.then, colour: '#e07b00', figures: then }]),
  ]
}

type Place = { readonly x: number; readonly y: number; readonly size: number }

function label(place: Place, text: string, anchor: 'start' | 'end' = 'start'): Mark {
  return { kind: 'text', ...place, anchor, text }
}

function box(x: number, y: number, size: { width: number; colour: string }): Mark {
  return { kind: 'box', x, y, height: barHeight, ...size }
}

function legend(sides: readonly Side[]): readonly Mark[] {
  return sides.flatMap(({ label: name, colour }, i) => [
    box(left + i * 185, 40, { width: barHeight, colour }),
    label({ x: left + 18 + i * 185, y: 51, size: sizes.numbers }, name),
  ])
}

function bars(sides: readonly Side[], { figures: names }: DrawingWords): readonly Mark[] {
  const most = Math.max(
    1,
    ...drawnFigures.flatMap((key) => sides.map((side) => topOf(side.figures[key]))),
  )
  const scale = (width - left - 90) / most
  return drawnFigures.flatMap((key, row) => {
    const top = barsTop + row * rowHeight
    return [
      label({ x: left - 10, y: top + 24, size: sizes.words }, names[key], 'end'),
      ...sides.flatMap(({ colour, figures }, i) =>
        bar(figures[key], { colour, scale, top: top + i * 15 }),
      ),
    ]
  })
}

type Estimated = Figures[DrawnFigure]

function topOf({ mean, high }: Estimated): number {
  return Number.isFinite(high) ? high : Number.isFinite(mean) ? mean : 0
}

type Drawn = { readonly colour: string; readonly scale: number; readonly top: number }

/** A bar to the mean, and a thin line over the interval; nothing where nobody was counted. */
function bar({ mean, low, high }: Estimated, { colour, scale, top }: Drawn): readonly Mark[] {
  if (!Number.isFinite(mean)) return []
  const x = (value: number): number => rounded(left + Math.max(0, value) * scale)
  const middle = top + barHeight / 2
  const to = topOf({ mean, low, high })
  return [
    box(left, top, { width: rounded(mean * scale), colour }),
    {
      kind: 'line',
      from: [x(Number.isFinite(low) ? low : mean), middle],
      to: [x(to), middle],
    },
    label({ x: x(to) + 6, y: top + 11, size: sizes.numbers }, mean.toFixed(1)),
  ]
}

function curves(sides: readonly Side[], { queue, hour }: DrawingWords): readonly Mark[] {
  const most = Math.max(1, ...sides.flatMap(({ figures }) => figures.queue))
  const count = sides[0]?.figures.queue.length ?? 1
  const x = (i: number): number => rounded(left + (i * (width - left - 40)) / (count - 1))
  const y = (value: number): number => rounded(curveTop + curveHeight * (1 - value / most))
  const hours = Array.from({ length: Math.ceil(count / 4) }, (_, i) => i * 4)
  const below = curveTop + curveHeight + 18
  return [
    label({ x: 20, y: curveTop - 14, size: sizes.words }, queue(most.toFixed(0))),
    { kind: 'line', from: [left, y(0)], to: [width - 40, y(0)] },
    ...hours.map((i) => label({ x: x(i), y: below, size: sizes.words }, hour(firstHour + i / 2))),
    ...sides.map(({ colour, figures }): Mark => {
      const points = figures.queue.map((value, i) => [x(i), y(value)] as const)
      return { kind: 'curve', points, colour }
    }),
  ]
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
