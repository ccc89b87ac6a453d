import type { StationNow } from './ledger.ts'

/**
 * Station time on the control thread (architecture.md, Tokens): the cloud's time plus monotonic
 * time once it was seen in this boot, otherwise the later of wall clock and persisted floor,
 * uncertain.
 */
export type StationClock = { now(): StationNow }
