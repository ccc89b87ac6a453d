import { describe, expect, it } from 'vitest'
import { accuracyPicture } from '@baari/shared/domain/forecast/pictures/accuracy-picture'
import { bandPicture } from '@baari/shared/domain/forecast/pictures/band-picture'
import { effectsPicture } from '@baari/shared/domain/forecast/pictures/effects-picture'
import {
  niceTop,
  runsOf,
  type Mark,
  type Picture,
} from '@baari/shared/domain/forecast/pictures/marks'

const quarterMs = 900_000
const words = {
  ...{ band: 'band', median: 'middle', came: 'came', now: 'now' },
  day: (atMs: number) => `day ${atMs / 86_400_000}`,
}
const dayStart = (atMs: number): number => Math.floor(atMs / 86_400_000) * 86_400_000

function bands(came: readonly (number | null)[], nowMs: number | null): Picture {
  const band = { q10: 1, q50: 2, q90: 4 }
  const shown = { fromMs: 0, stepMs: quarterMs, bands: [band, band, null, band, band], came, nowMs }
  return bandPicture(shown, words, dayStart)
}

const of = <K extends Mark['kind']>({ marks }: Picture, kind: K, tone: string) =>
  marks.filter((mark): mark is Extract<Mark, { kind: K }> => {
    return mark.kind === kind && 'tone' in mark && mark.tone === tone
  })

describe('pictures of a forecast', () => {
  it('a band has a hole where nothing was forecast, and what came ends where it is unknown', () => {
    const picture = bands([3, null, 8, null, null], 2 * quarterMs)
    expect(of(picture, 'area', 'band').map(({ points }) => points.length)).toEqual([4, 4])
    expect(of(picture, 'curve', 'came').map(({ points }) => points.length)).toEqual([1, 1])
    expect(of(picture, 'line', 'now')).toHaveLength(1)
    // The largest of all, 8, is the top of the scale, and lies on the upper rule.
    const [, highest] = of(picture, 'curve', 'came')
    expect(highest?.points[0]?.[1]).toBe(
      Math.min(...of(picture, 'line', 'rule').map(({ to }) => to[1])),
    )
  })

  it('a now outside the picture is not drawn, and nothing at all is an empty frame', () => {
    expect(of(bands([1, 1, 1, 1, 1], 99 * quarterMs), 'line', 'now')).toEqual([])
    const none = { fromMs: 0, stepMs: quarterMs, bands: [], came: [], nowMs: null }
    const picture = bandPicture(none, words, dayStart)
    expect(of(picture, 'curve', 'came')).toEqual([])
    expect(JSON.stringify(picture)).not.toContain('null')
  })

  it('bars stand beside each other, the longer where the error is larger', () => {
    const pairs = [{ label: '1 d', mae: 1, naiveMae: 2, cover: 0.805 }]
    const said = { forecast: 'f', naive: 'n', cover: (percent: number) => `${percent} %` }
    const picture = accuracyPicture(pairs, said)
    const [ours] = of(picture, 'box', 'median')
    const [naive] = of(picture, 'box', 'naive')
    expect(naive!.size[1]).toBeCloseTo(2 * ours!.size[1])
    expect(JSON.stringify(picture)).toContain('81 %')
  })

  it('effects share one scale: a flat curve is a feature that says little', () => {
    const points = (reach: number) => [0, 1].map((at) => ({ at, answer: at * reach }))
    const picture = effectsPicture(
      [10, 1].map((reach) => ({ name: `by ${reach}`, spread: reach, points: points(reach) })),
      (name) => name,
    )
    const [strong, weak] = of(picture, 'curve', 'median')
    const rise = (mark: typeof strong): number => mark!.points[0]![1] - mark!.points[1]![1]
    expect(rise(strong)).toBeCloseTo(10 * rise(weak), 0)
  })

  it('a scale ends at the next number with short quarters', () => {
    expect([0, 0.07, 11, 12, 13, 100].map(niceTop)).toEqual([1, 0.08, 12, 12, 16, 100])
    expect(runsOf([null, 1, null, 2, 3])).toHaveLength(2)
  })
})
