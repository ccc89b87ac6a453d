/** What a colour stands for; a page and a file choose the colours themselves. */
export type Tone = 'band' | 'median' | 'came' | 'naive' | 'now' | 'rule' | 'ink' | 'soft'

type Point = readonly [x: number, y: number]

/** What a picture is made of, in pixels from its upper left corner; a caller draws it his way. */
export type Mark =
  | { readonly kind: 'area'; readonly points: readonly Point[]; readonly tone: Tone }
  | { readonly kind: 'curve'; readonly points: readonly Point[]; readonly tone: Tone }
  | { readonly kind: 'line'; readonly from: Point; readonly to: Point; readonly tone: Tone }
  | { readonly kind: 'box'; readonly at: Point; readonly size: Point; readonly tone: Tone }
  | { readonly kind: 'text'; readonly at: Point; readonly text: string; readonly form: TextForm }

export type TextForm = {
  readonly tone: Tone
  readonly size: number
  readonly anchor: 'start' | 'middle' | 'end'
}

export type Picture = {
  readonly width: number
  readonly height: number
  readonly marks: readonly Mark[]
}

export function text(at: Point, said: string, form: Partial<TextForm> = {}): Mark {
  return {
    kind: 'text',
    at,
    text: said,
    form: { tone: 'soft', size: 13, anchor: 'start', ...form },
  }
}

/** From values to pixels, along one side. */
export type Scale = { readonly low: number; readonly high: number; at(value: number): number }

export function scaleOf(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): Scale {
  const span = high > low ? high - low : 1
  return { low, high, at: (value) => rounded(from + ((to - from) * (value - low)) / span) }
}

/** A tenth of a pixel is more than a screen shows. */
function rounded(pixels: number): number {
  return Math.round(10 * pixels) / 10
}

/** Tops whose quarters are short numbers. */
const tops = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10] as const

/** The next short number above; 1 of nothing. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return (tops.find((top) => top * power >= value) ?? 10) * power
}

/** A number as short as its size allows: 1 200, 12.5, 0.04. */
export function shortText(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return String(Math.round(value))
  return String(Number(value.toPrecision(2)))
}

const gridLines = 4

/** Level rules with their values on the left. */
export function grid(y: Scale, [left, right]: readonly [number, number]): readonly Mark[] {
  return Array.from({ length: gridLines + 1 }, (_, n) => {
    const value = y.low + ((y.high - y.low) * n) / gridLines
    const level = y.at(value)
    const form = { anchor: 'end' } as const
    return [
      { kind: 'line', from: [left, level], to: [right, level], tone: 'rule' } as const,
      text([left - 6, level + 4], shortText(value), form),
    ]
  }).flat()
}

/** Runs of numbers without a hole in them, with their places. */
export function runsOf<T>(
  values: readonly (T | null)[],
): readonly (readonly { readonly at: number; readonly value: T }[])[] {
  const runs: { at: number; value: T }[][] = []
  let open: { at: number; value: T }[] | undefined
  values.forEach((value, at) => {
    if (value === null) open = undefined
    else if (open === undefined) runs.push((open = [{ at, value }]))
    else open.push({ at, value })
  })
  return runs
}
