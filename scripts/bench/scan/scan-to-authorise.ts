import { drawGas } from '../../clients/fill-vehicle.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import type { BenchStation } from './bench-station.ts'

/** The positions that fill autos; the fourth is for buses and is polled all the same. */
const positions: ReadonlySet<number> = new Set([1, 2, 3])
const wantsGrams = 700
const authoriseWithinMs = 5_000
const standWithinMs = 20_000

/**
 * Milliseconds from a scan's terminator to the first byte of the authorise block on the line to
 * the dispensers, one per scan. Vehicles stand at the free positions and the attendant has said
 * ready there; at the others gas flows meanwhile.
 */
export async function scanToAuthorise(
  station: BenchStation,
  samples: number,
): Promise<readonly number[]> {
  const tookMs: number[] = []
  const filling = new Set<Promise<void>>()
  for (const [index, token] of station.takeTokens(samples).entries()) {
    await vehicleStands(station)
    const seen = station.tap.nextAuthorise(authoriseWithinMs)
    const reader = station.readers[index % 2 === 0 ? 0 : 1]
    const shownAtMs = reader.show(token)
    const { address, atMs } = await seen
    tookMs.push(atMs - shownAtMs)
    const fill = drawGas(station, address, wantsGrams)
    filling.add(fill)
    // A fill that fails leaves its position occupied; the next wait for a vehicle then says so.
    fill.catch(() => undefined).finally(() => filling.delete(fill))
  }
  await Promise.all(filling)
  return tookMs
}

/** At least one vehicle stands ready, and at no free position is the attendant's word missing. */
async function vehicleStands({ feed, forecourt, node }: BenchStation): Promise<void> {
  const said = new Set<number>()
  await waitUntil({ what: 'a vehicle that stands ready', withinMs: standWithinMs }, async () => {
    const here = (feed.view()?.positions ?? []).filter(({ no }) => positions.has(no))
    for (const { no, state } of here) {
      if (state !== 'free' || said.has(no)) continue
      said.add(no)
      await forecourt.arrives(no, wantsGrams)
      await node.ready(no)
    }
    const free = here.some(({ state }) => state === 'free')
    return !free && here.some(({ state }) => state === 'ready') ? true : undefined
  })
}
