import { drawingOf, type DrawingWords, type Mark } from '@baari/shared/domain/twin/drawing'
import type { Answer } from '@baari/shared/domain/twin/what-if'

function wordsOf(name: string): DrawingWords {
  return {
    title: `${name}: minutes of waiting`,
    sides: { b: 'first come first served', now: 'the rule now', then: 'with the change' },
    figures: {
      allMean: 'everybody, mean wait',
      bookedP95: 'booked, 95 % start within',
      walkInMean: 'walk-in, mean wait',
      walkInP95: 'walk-in, 95 % start within',
    },
    queue: (most) => `vehicles waiting, by the hour (most ${most})`,
    hour: (hour) => `${hour} h`,
  }
}

/** The answer as an SVG: waits with their intervals and, for a day, the queue by the hour. */
export function pictureOf(name: string, answer: Answer): string {
  const { width, height, marks } = drawingOf(answer, wordsOf(name))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...marks.map(textOf),
    '</svg>',
    '',
  ].join('\n')
}

function textOf(mark: Mark): string {
  switch (mark.kind) {
    case 'box': {
      const { x, y, width, height, colour } = mark
      return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colour}"/>`
    }
    case 'line': {
      const [[x1, y1], [x2, y2]] = [mark.from, mark.to]
      return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="black"/>`
    }
    case 'text': {
      const { x, y, size, anchor, text } = mark
      const place = `x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}"`
      return `<text ${place}>${escaped(text)}</text>`
    }
    case 'curve': {
      const points = mark.points.map((at) => at.join(',')).join(' ')
      return `<polyline points="${points}" fill="none" stroke="${mark.colour}" stroke-width="2"/>`
    }
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
