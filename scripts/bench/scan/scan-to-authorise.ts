import { drawGas } from '../../clients/fill-vehicle.ts'
import { waitUntil } from '../../clients/wait-until.ts'
import type { BenchStation } from './bench-station.ts'
import type { Authorised } from './bus-tap.ts'

/** The positions that fill autos; the fourth is for buses and is polled all the same. */
const positions: ReadonlySet<number> = new Set([1, 2, 3])
const wantsGrams = 700
const authoriseWithinMs = 5_000
const standWithinMs = 20_000
/** A word counts for 60 s (product.md); the bench gives a new one well before. */
const wordHoldsMs = 40_000

/** What the bench knows of the positions, ahead of the screens. */
type Forecourt = {
  /** When the attendant's word was given for the vehicle that stands there. */
  readonly said: Map<number, number>
  /** Authorised, and not yet free again on the screens. */
  readonly taken: Set<number>
}

/**
 * Milliseconds from a scan's terminator to the first byte of the authorise block on the line to
 * the dispensers, one per scan. Vehicles stand at the free positions and the attendant has said
 * ready there; at the others gas flows meanwhile.
 */
export async function scanToAuthorise(
  station: BenchStation,
  { samples, say }: { readonly samples: number; readonly say: (line: string) => void },
): Promise<readonly number[]> {
  const tookMs: number[] = []
  const here: Forecourt = { said: new Map(), taken: new Set() }
  let refused = 0
  for (const [index, token] of station.takeTokens(samples).entries()) {
    await vehicleStands(station, here)
    const seen = station.tap.nextAuthorise(authoriseWithinMs)
    const reader = station.readers[index % 2 === 0 ? 0 : 1]
    const shownAtMs = reader.show(token)
    const authorised = await seen.catch(() => undefined)
    if (authorised === undefined) refused += 1
    else tookMs.push(authorised.atMs - shownAtMs)
    const { address } = authorised ?? (await wordOnceMore(station))
    here.taken.add(address)
    // A fill that fails leaves its position taken; the next wait for a vehicle then says so.
    fillAndLeave(station, address).then(
      () => here.taken.delete(address),
      () => undefined,
    )
  }
  if (refused > 0) say(`${refused} of ${samples} scans found the dispenser's readings too old`)
  return tookMs
}

/**
 * A node whose readings of the dispenser are not good at that moment refuses, and starts nothing by
 * itself afterwards: the attendant must say ready again. That time is a person's and no sample.
 */
async function wordOnceMore({ feed, node, tap }: BenchStation): Promise<Authorised> {
  const called = await feed.until('a refused call', (view) =>
    view.positions.find(({ state }) => state === 'called'),
  )
  const seen = tap.nextAuthorise(authoriseWithinMs)
  await node.ready(called.no)
  return seen
}

/** Gas flows, and the position is free again when the screens have shown it busy and then free. */
async function fillAndLeave(station: BenchStation, position: number): Promise<void> {
  const shows = (free: boolean): Promise<true> =>
    station.feed.until(`position ${position} ${free ? 'free' : 'busy'}`, (view) => {
      const state = view.positions.find(({ no }) => no === position)?.state
      return (state === 'free') === free ? true : undefined
    })
  await Promise.all([shows(false), drawGas(station, position, wantsGrams)])
  await shows(true)
}

/** At least one vehicle stands ready, and at no free position is the attendant's word missing. */
async function vehicleStands(
  { feed, forecourt, node }: BenchStation,
  { said, taken }: Forecourt,
): Promise<void> {
  await waitUntil({ what: 'a vehicle that stands ready', withinMs: standWithinMs }, async () => {
    const all = feed.view()?.positions ?? []
    const free = all.filter(
      ({ no, state }) => positions.has(no) && !taken.has(no) && state === 'free',
    )
    for (const { no } of free) {
      if (performance.now() - (said.get(no) ?? -Infinity) < wordHoldsMs) continue
      await forecourt.arrives(no, wantsGrams)
      await node.ready(no)
      said.set(no, performance.now())
    }
    for (const no of taken) said.delete(no)
    if (free.length > 0) return true
    throw new Error(all.map(({ no, state }) => `${no} ${state}`).join(', '))
  })
}
