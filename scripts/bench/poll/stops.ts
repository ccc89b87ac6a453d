import type { Prng } from '@baari/shared/runtime/chance'
import { assert, present } from '@baari/shared/faults/assert'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { commandId } from '@baari/shared/units/names'
import type { Dispenser } from '@baari/hardware/ports/dispenser'
import { controllableHeads } from '../../../hardware/test/rigs/line-meters.ts'
import { sharedMs } from '../../../hardware/test/rigs/paced-clock.ts'
import type { BenchWire } from './bench-wire.ts'
import { nozzle, pauseMs, type PolledLine } from './polled-line.ts'

export type StopTimes = {
  /** From the call of a stop to its last byte at the device. */
  readonly stopMs: readonly number[]
  /** From the call of four stops at once to the last byte of the first round of them. */
  readonly allStopMs: readonly number[]
  /** Of those calls, the stops that no device heard. Must be 0. */
  readonly unheard: number
}

type Site = {
  readonly wire: BenchWire
  readonly line: number
  readonly polled: PolledLine
  readonly prng: Prng
}

/** Stops at chance moments of a line that is polled without a pause. */
export async function measureStops(
  site: Site,
  counts: { readonly stops: number; readonly allStops: number },
): Promise<StopTimes> {
  const { meters } = site.polled
  const ids = countingIds(7)
  const newId = (): string => ids.uuid()
  const stopMs: number[] = []
  const allStopMs: number[] = []
  let unheard = 0
  const take = async (to: number[], stopping: readonly Dispenser[]): Promise<void> => {
    const tookMs = await stopped(site, stopping, newId)
    if (tookMs === null) unheard += 1
    else to.push(tookMs)
  }
  for (let stop = 0; stop < counts.stops; stop += 1) {
    await take(stopMs, [present(meters[stop % controllableHeads], 'a meter')])
  }
  for (let stop = 0; stop < counts.allStops; stop += 1) {
    await take(allStopMs, meters.slice(0, controllableHeads))
  }
  return { stopMs, allStopMs, unheard }
}

/** Null when a device did not hear its stop. */
async function stopped(
  { wire, line, prng }: Site,
  stopping: readonly Dispenser[],
  newId: () => string,
): Promise<number | null> {
  await pauseMs(wholeBetween(prng, 150, 400))
  await wire.sell(line)
  const calledAtMs = sharedMs()
  await Promise.all(stopping.map((meter) => meter.stop({ cmdId: commandId(newId()), nozzle })))
  const { stops } = await wire.count(line)
  const first = new Map<number, number>()
  for (const { address, atMs } of stops) if (!first.has(address)) first.set(address, atMs)
  assert(first.size <= stopping.length, 'nobody else was stopped')
  return first.size < stopping.length ? null : Math.max(...first.values()) - calledAtMs
}
