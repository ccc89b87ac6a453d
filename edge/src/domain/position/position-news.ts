import type { PositionFacts } from './position-facts.ts'

/**
 * What a look at a position brought: nothing, more gas of the same fill, or something that the queue,
 * the lanes and the alarms go by. Most frames of a dispenser bring nothing.
 */
export function positionNews(
  before: PositionFacts | undefined,
  now: PositionFacts,
): 'nothing' | 'flow' | 'change' {
  if (before === undefined || !isSame(before, now)) return 'change'
  if (before.freesInMs !== now.freesInMs) return 'flow'
  const [fill, next] = [before.fill, now.fill]
  return fill?.grams === next?.grams && fill?.remainingMs === next?.remainingMs ? 'nothing' : 'flow'
}

/** What the queue, the lanes and the alarms go by. */
const parts: readonly ((facts: PositionFacts) => unknown)[] = [
  ({ state }) => state,
  ({ ticket }) => ticket,
  ({ frozen }) => frozen,
  ({ fill }) => fill?.id,
  ({ fill }) => fill?.limitGrams,
  ({ refused }) => refused?.atMs,
  ({ refused }) => refused?.code,
  ({ fault }) => fault?.code,
  ({ fault }) => fault?.sinceMs,
]

function isSame(a: PositionFacts, b: PositionFacts): boolean {
  return parts.every((part) => part(a) === part(b))
}
