import { streamNames, type StreamName } from '@baari/shared/domain/sync/chain'

/** One batch in this many begins with a lower stream: 5 % of them (sync.md 4.2). */
const reservedEvery = 20
const lower = streamNames.slice(1)

/**
 * In which order the streams are asked for something to send at the `turn`-th batch, counted from
 * 1. Priority is strict but for every twentieth batch, which begins with a lower stream, each of
 * them in its turn: a ledger backlog of days silences no alarm, and telemetry starves nobody.
 */
export function streamOrder(turn: number): readonly StreamName[] {
  if (turn % reservedEvery !== 0) return streamNames
  const first = lower[(turn / reservedEvery - 1) % lower.length]
  return [...streamNames].sort((a, b) => Number(b === first) - Number(a === first))
}
