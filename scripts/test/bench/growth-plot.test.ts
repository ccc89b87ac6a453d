import { expect, it } from 'vitest'
import { growthPlot, niceTop } from '../../bench/fleet/growth-plot.ts'

const curve = {
  title: 'p99 <ms>',
  points: [
    { stations: 100, value: 5 },
    { stations: 200, value: 10 },
  ],
}

it('a curve is drawn from its lowest place left to its highest right', () => {
  const points = /polyline points="([^"]*)"/.exec(growthPlot([curve]))?.[1]
  expect(points).toBe('158.0,100.0 264.0,34.0')
})

it('each curve has a panel, and its title is text', () => {
  const svg = growthPlot([curve, curve])
  expect(svg.match(/<polyline/g)).toHaveLength(2)
  expect(svg).toContain('p99 &lt;ms>')
})

it('a scale ends at a round number that holds the highest value', () => {
  expect([0, 0.4, 1, 3, 70, 101].map(niceTop)).toEqual([1, 0.5, 1, 5, 100, 200])
})
