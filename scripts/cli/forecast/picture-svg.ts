import type { Mark, Picture, Tone } from '@baari/shared/domain/forecast/pictures/marks'

const colours: Readonly<Record<Tone, string>> = {
  band: '#b9cfe4',
  median: '#1d5487',
  came: '#16130f',
  naive: '#b5ab9a',
  now: '#a3131b',
  rule: '#d9d2c4',
  ink: '#16130f',
  soft: '#55504a',
}

/** A picture as an SVG document of its own, with a title above it. */
export function pictureSvg({ width, height, marks }: Picture, title: string): string {
  const tall = height + 30
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${tall}" viewBox="0 -30 ${width} ${tall}" font-family="Noto Sans, sans-serif">
<rect y="-30" width="${width}" height="${tall}" fill="white"/>
<text x="12" y="-8" font-size="17" font-weight="bold" fill="${colours.ink}">${escaped(title)}</text>
${marks.map(drawn).join('\n')}
</svg>
`
}

const joined = (points: readonly (readonly [number, number])[]): string =>
  points.map((point) => point.join(',')).join(' ')

function drawn(mark: Mark): string {
  switch (mark.kind) {
    case 'area':
      return `<polygon points="${joined(mark.points)}" fill="${colours[mark.tone]}"/>`
    case 'curve':
      return `<polyline points="${joined(mark.points)}" fill="none" stroke="${colours[mark.tone]}" stroke-width="1.8"/>`
    case 'line': {
      const [[x1, y1], [x2, y2]] = [mark.from, mark.to]
      return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colours[mark.tone]}"/>`
    }
    case 'box': {
      const [[x, y], [wide, high]] = [mark.at, mark.size]
      return `<rect x="${x}" y="${y}" width="${wide}" height="${high}" fill="${colours[mark.tone]}"/>`
    }
    case 'text': {
      const { tone, size, anchor } = mark.form
      const [x, y] = mark.at
      return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${colours[tone]}">${escaped(mark.text)}</text>`
    }
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
