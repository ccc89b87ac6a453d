import type { StationLedger } from '@baari/shared/contracts/http/cloud-api'
import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'

/** What the day's actors counted themselves, beside both ledgers. */
export type DayTotals = {
  readonly fills: number
  readonly grams: number
  readonly amountPaise: number
  readonly checkIns: number
  readonly failedScans: number
  readonly walkIns: number
}

/** One figure as each side tells it; undefined where a side does not keep it. */
export type Figure = {
  readonly name: string
  readonly day: number | undefined
  readonly node: number | string | undefined
  readonly cloud: number | string | undefined
  readonly same: boolean
}

/**
 * Puts the node's books, the cloud's and the day's own count side by side: totals, and for every
 * stream the last sequence and the hash chain over all of its ops.
 */
export function compareLedgers(
  day: DayTotals,
  node: SyncStatus,
  cloud: StationLedger,
): readonly Figure[] {
  const total = (name: 'fills' | 'grams' | 'amountPaise'): Figure =>
    figure(name, { day: day[name], node: node.totals[name], cloud: cloud[name] })
  const told = (name: 'checkIns' | 'failedScans' | 'walkIns'): Figure =>
    figure(name, { day: day[name], cloud: cloud[name] })
  return [
    total('fills'),
    total('grams'),
    total('amountPaise'),
    told('checkIns'),
    told('failedScans'),
    told('walkIns'),
    figure('orphanGrams', { day: 0, cloud: cloud.orphanGrams }),
    figure('deadLetters', { day: 0, cloud: cloud.deadLetters }),
    figure('unsentOps', { day: 0, node: node.unsentOps }),
    figure('epoch', { node: node.epoch, cloud: cloud.epoch ?? 'none' }),
    ...streamFigures(node, cloud),
  ]
}

/** Last sequence and hash chain of every stream, as each side has them. */
export function streamFigures(node: SyncStatus, cloud: StationLedger): readonly Figure[] {
  const names = new Set([...node.streams, ...cloud.streams].map(({ stream }) => stream))
  return [...names].flatMap((name) => {
    const ours = node.streams.find(({ stream }) => stream === name)
    const theirs = cloud.streams.find(({ stream }) => stream === name)
    // A stream that nothing was written to has no head at the cloud.
    if (theirs === undefined && ours?.nextSeq === 1) return []
    return [
      figure(`${name} seq`, {
        node: ours === undefined ? 'none' : ours.nextSeq - 1,
        cloud: theirs?.seq ?? 'none',
      }),
      figure(`${name} chain`, { node: ours?.chain ?? 'none', cloud: theirs?.chain ?? 'none' }),
    ]
  })
}

type Sides = {
  readonly day?: number
  readonly node?: number | string
  readonly cloud?: number | string
}

function figure(name: string, { day, node, cloud }: Sides): Figure {
  const told = [day, node, cloud].filter((value) => value !== undefined)
  return { name, day, node, cloud, same: told.every((value) => value === told[0]) }
}

export function allSame(figures: readonly Figure[]): boolean {
  return figures.every(({ same }) => same)
}
