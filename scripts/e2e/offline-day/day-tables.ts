import { textTable } from '../../clients/text-table.ts'
import type { Figure } from './compare-ledgers.ts'
import type { PlayedScan } from './planned-scan.ts'

/** Each scan: given, expected with the row of scenarios.md, got. */
export function scanTable(scans: readonly PlayedScan[]): readonly string[] {
  const rows = scans.map(({ id, given, by, lane, expected, view }, index) => [
    String(index + 1),
    id,
    given,
    `${by} ${lane}`,
    expected,
    view.verdict,
    view.verdict === expected ? 'ok' : 'WRONG',
  ])
  return textTable([['#', 'row', 'given', 'at lane', 'expected', 'got', ''], ...rows], {
    rightAligned: new Set([0]),
  })
}

const longestShown = 16

/** Both ledgers side by side with what the day's actors counted. */
export function figureTable(figures: readonly Figure[]): readonly string[] {
  const text = (value: number | string | undefined): string => {
    const whole = value === undefined ? '' : String(value)
    return whole.length > longestShown ? `${whole.slice(0, longestShown)}…` : whole
  }
  const rows = figures.map(({ name, day, node, cloud, same }) => [
    name,
    text(day),
    text(node),
    text(cloud),
    same ? 'equal' : 'DIFFERS',
  ])
  return textTable([['figure', 'day', 'node', 'cloud', ''], ...rows], {
    rightAligned: new Set([1, 2, 3]),
  })
}
