import { describe, expect, it } from 'vitest'
import { drawingOf, type DrawingWords, type Mark } from '../../../src/domain/twin/drawing.ts'
import type { Answer } from '../../../src/domain/twin/what-if.ts'

const words: DrawingWords = {
  title: 'waits',
  sides: { b: 'fifo', now: 'now', then: 'then' },
  figures: { allMean: 'all', bookedP95: 'booked', walkInMean: 'mean', walkInP95: 'p95' },
  queue: (most) => `most ${most}`,
  hour: (hour) => `${hour} h`,
}
const none = { mean: NaN, low: NaN, high: NaN }
const of = (mean: number) => ({ mean, low: mean - 1, high: mean + 1 })
const figures = (mean: number) => ({
  ...{ allMean: of(mean), walkInMean: of(mean), walkInP95: of(mean), bookedP95: of(mean) },
  ...{ bookedInTen: of(1), walkInOver30: of(0), queue: [0, mean, 1] },
})
const answer: Answer = { b: { ...figures(8), bookedP95: none }, now: figures(4), then: figures(2) }

function kinds(marks: readonly Mark[], kind: Mark['kind']): readonly Mark[] {
  return marks.filter((mark) => mark.kind === kind)
}

describe('the picture of an answer', () => {
  it('has a bar with its interval for every figure that has a mean, and none for the others', () => {
    const { marks } = drawingOf(answer, words)
    // Three of first come first served, four of each of the others, three in the legend.
    expect(kinds(marks, 'box')).toHaveLength(3 + 4 + 4 + 3)
    expect(JSON.stringify(marks)).not.toMatch(/null|NaN/)
    const texts = kinds(marks, 'text').map((mark) => mark.kind === 'text' && mark.text)
    expect(texts).toEqual(expect.arrayContaining(['8.0', 'then', 'most 8', '5 h']))
  })

  it('a bar is as long as its mean, and everything stays within the picture', () => {
    const { marks, width, height } = drawingOf(answer, words)
    const of8 = marks.filter((mark) => mark.kind === 'box' && mark.colour === '#9aa5b1')
    const of4 = marks.filter((mark) => mark.kind === 'box' && mark.colour === '#1f77b4')
    const length = (mark: Mark | undefined) => (mark?.kind === 'box' ? mark.width : NaN)
    expect(length(of8[1]) / length(of4[1])).toBeCloseTo(2, 2)
    for (const mark of marks) {
      const points =
        mark.kind === 'curve'
          ? mark.points
          : mark.kind === 'line'
            ? [mark.from, mark.to]
            : [[mark.x, mark.y] as const]
      for (const [x, y] of points) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x).toBeLessThanOrEqual(width)
        expect(y).toBeLessThanOrEqual(height)
      }
    }
  })

  it('a station in steady state has no curve', () => {
    const steady = { ...figures(4), queue: [] }
    const { marks, height } = drawingOf({ b: steady, now: steady }, words)
    expect(kinds(marks, 'curve')).toEqual([])
    expect(height).toBeLessThan(drawingOf(answer, words).height)
  })
})
