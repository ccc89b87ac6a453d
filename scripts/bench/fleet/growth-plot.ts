/** One curve over the number of stations. */
export type Curve = {
  readonly title: string
  readonly points: readonly { readonly stations: number; readonly value: number }[]
}

const panel = { width: 280, height: 200 }
const margin = { left: 52, right: 16, top: 34, bottom: 34 }
const ticks = 4

/** Curves side by side as an SVG document, each with its own scale from zero. */
export function growthPlot(curves: readonly Curve[]): string {
  const width = panel.width * curves.length
  const panels = curves.map(
    (curve, index) => `<g transform="translate(${index * panel.width} 0)">${panelOf(curve)}</g>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${panel.height}"
  viewBox="0 0 ${width} ${panel.height}" font-family="sans-serif" font-size="10">
<rect width="${width}" height="${panel.height}" fill="white"/>
${panels.join('\n')}
</svg>
`
}

function panelOf({ title, points }: Curve): string {
  const x = scale(Math.max(0, ...points.map(({ stations }) => stations)), {
    from: margin.left,
    to: panel.width - margin.right,
  })
  const y = scale(niceTop(Math.max(0, ...points.map(({ value }) => value))), {
    from: panel.height - margin.bottom,
    to: margin.top,
  })
  const line = points.map(({ stations, value }) => `${x.at(stations)},${y.at(value)}`).join(' ')
  return [
    `<text x="${margin.left}" y="18" font-size="12" font-weight="bold">${escaped(title)}</text>`,
    ...Array.from({ length: ticks + 1 }, (_, n) => rule(y, (y.top * n) / ticks)),
    ...points.map(({ stations }) => foot(x.at(stations), stations)),
    `<polyline points="${line}" fill="none" stroke="#0b6e4f" stroke-width="2"/>`,
    ...points.map(
      ({ stations, value }) =>
        `<circle cx="${x.at(stations)}" cy="${y.at(value)}" r="3" fill="#0b6e4f"/>`,
    ),
  ].join('\n')
}

type Scale = { readonly top: number; at(value: number): string }

function scale(top: number, { from, to }: { from: number; to: number }): Scale {
  const length = top === 0 ? 1 : top
  return { top, at: (value) => (from + ((to - from) * value) / length).toFixed(1) }
}

/** The next of 1, 2, 5 times a power of ten. */
export function niceTop(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10
  return step * power
}

function rule(y: Scale, value: number): string {
  const at = y.at(value)
  return `<line x1="${margin.left}" x2="${panel.width - margin.right}" y1="${at}" y2="${at}" stroke="#ddd"/>
<text x="${margin.left - 6}" y="${at}" dy="3" text-anchor="end">${Number(value.toPrecision(3))}</text>`
}

function foot(at: string, stations: number): string {
  return `<text x="${at}" y="${panel.height - margin.bottom + 16}" text-anchor="middle">${stations}</text>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
