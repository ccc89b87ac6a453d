import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { hours, after, type Instant } from '@baari/shared/units/time'
import { stationNo, type StationNo } from '@baari/shared/units/names'
import {
  fullestFirst,
  waveEvery,
  waveSize,
  type SupplyCut,
} from '../../domain/booking/supply-cut.ts'
import type { SupplyCuts } from '../../ports/supply-cuts.ts'
import { offerAnother, tellNotice, type RetimeDeps } from './retime.ts'

export type CutDeps = RetimeDeps & { readonly cuts: SupplyCuts }

export type DeclareCut = {
  readonly station: StationNo
  readonly until: Instant
  readonly by: string
}

/** Longest cut somebody can declare; past it a person looks again. */
const longestCut = hours(24)

/**
 * No gas at a station until some moment: nothing more is sold of the windows until then, and their
 * bookings are told in waves. Declared again it moves the end of the same incident. Refuses with
 * station_unknown or window_past.
 */
export async function declareCut(
  { cuts, stations, clock, ids }: CutDeps,
  { station, until, by }: DeclareCut,
): Promise<Result<SupplyCut, Refusal>> {
  const now = clock.now()
  if (until <= now || until > after(now, longestCut)) return err(refusal('window_past'))
  if ((await stations.find(station)) === undefined) return err(refusal('station_unknown'))
  return ok(await cuts.declare({ id: ids.uuid(), station, from: now, until, by, now }))
}

const cutsPerRun = 20

/** The next wave of every cut that is due one. Any number of processes may run it. */
export async function runCuts(deps: CutDeps): Promise<number> {
  const now = deps.clock.now()
  await deps.cuts.endOver(now)
  const due = { now, next: after(now, waveEvery), limit: cutsPerRun }
  let told = 0
  for (const cut of await deps.cuts.takeWaves(due)) told += await sendWave(deps, cut)
  return told
}

async function sendWave(deps: CutDeps, { station, from, until }: SupplyCut): Promise<number> {
  const range = { station: stationNo(station), from, to: until }
  const waiting = fullestFirst(await deps.retimes.committed(range)).filter(
    ({ open, told }) => !open && !told,
  )
  const wave = waiting.slice(0, waveSize)
  for (const { id, stays } of wave) {
    const cause = { cause: 'supply', notBefore: until } as const
    await (stays ? tellNotice(deps, id, cause) : offerAnother(deps, id, cause))
  }
  return wave.length
}
