import type { Answer, Figures } from '@baari/shared/domain/twin/what-if'

/** One line of the picture's legend, in the order in which they are drawn. */
type Side = { readonly label: string; readonly colour: string; readonly figures: Figures }

const width = 760
const left = 200
const barsTop = 70
const rowHeight = 52
const rows = [
  ['everybody, mean wait', 'allMean'],
  ['booked, 95 % start within', 'bookedP95'],
  ['walk-in, mean wait', 'walkInMean'],
  ['walk-in, 95 % start within', 'walkInP95'],
] as const
const curveTop = barsTop + rows.length * rowHeight + 60
const curveHeight = 180

/** The answer as an SVG: waits with their intervals and, for a day, the queue by the hour. */
export function pictureOf(name: string, answer: Answer): string {
  const sides = sidesOf(answer)
  const day = answer.now.queue.length > 0
  const height = day ? curveTop + curveHeight + 50 : curveTop
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="20" y="28" font-size="17">${escaped(name)}: minutes of waiting</text>`,
    ...legend(sides),
    ...bars(sides),
    ...(day ? curves(sides) : []),
    '</svg>',
    '',
  ].join('\n')
}

function sidesOf({ b, now, then }: Answer): readonly Side[] {
  return [
    { label: 'first come first served', colour: '#9aa5b1', figures: b },
    { label: 'the rule now', colour: '#1f77b4', figures: now },
    ...(then === undefined ? [] : [{ label: 'with the change', colour: '#e07b00', figures: then }]),
  ]
}

function legend(sides: readonly Side[]): readonly string[] {
  return sides.map(
    ({ label, colour }, i) =>
      `<rect x="${left + i * 175}" y="40" width="12" height="12" fill="${colour}"/>` +
      `<text x="${left + 18 + i * 175}" y="51">${escaped(label)}</text>`,
  )
}

function bars(sides: readonly Side[]): readonly string[] {
  const most = Math.max(1, ...rows.flatMap(([, key]) => sides.map((side) => topOf(side, key))))
  const scale = (width - left - 90) / most
  return rows.flatMap(([label, key], row) => {
    const top = barsTop + row * rowHeight
    const title = `<text x="${left - 10}" y="${top + 24}" text-anchor="end">${label}</text>`
    const drawn = sides.map(({ colour, figures }, i) =>
      bar(figures[key], { colour, scale, top: top + i * 15 }),
    )
    return [title, ...drawn]
  })
}

type Key = (typeof rows)[number][1]

function topOf({ figures }: Side, key: Key): number {
  const { mean, high } = figures[key]
  return Number.isFinite(high) ? high : Number.isFinite(mean) ? mean : 0
}

type Drawn = { readonly colour: string; readonly scale: number; readonly top: number }

/** A bar to the mean, and a thin line over the interval. */
function bar({ mean, low, high }: Figures[Key], { colour, scale, top }: Drawn): string {
  if (!Number.isFinite(mean)) return ''
  const x = (value: number): string => (left + Math.max(0, value) * scale).toFixed(1)
  const middle = top + 6
  return (
    `<rect x="${left}" y="${top}" width="${(mean * scale).toFixed(1)}" height="12" fill="${colour}"/>` +
    `<line x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}" stroke="black"/>` +
    `<text x="${Number(x(high)) + 6}" y="${top + 11}" font-size="11">${mean.toFixed(1)}</text>`
  )
}

function curves(sides: readonly Side[]): readonly string[] {
  const most = Math.max(1, ...sides.flatMap(({ figures }) => figures.queue))
  const count = sides[0]?.figures.queue.length ?? 1
  const x = (i: number): string => (left + (i * (width - left - 40)) / (count - 1)).toFixed(1)
  const y = (value: number): string => (curveTop + curveHeight * (1 - value / most)).toFixed(1)
  const hours = Array.from({ length: Math.ceil(count / 4) }, (_, i) => i * 4)
  return [
    `<text x="20" y="${curveTop - 14}">vehicles waiting, by the hour (most ${most.toFixed(0)})</text>`,
    `<line x1="${left}" y1="${y(0)}" x2="${width - 40}" y2="${y(0)}" stroke="black"/>`,
    ...hours.map(
      (i) => `<text x="${x(i)}" y="${curveTop + curveHeight + 18}">${5 + i / 2} h</text>`,
    ),
    ...sides.map(({ colour, figures }) => {
      const points = figures.queue.map((value, i) => `${x(i)},${y(value)}`).join(' ')
      return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`
    }),
  ]
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
