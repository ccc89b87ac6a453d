import { waitUntil } from '../../clients/wait-until.ts'
import type { BenchStation } from './bench-station.ts'
import type { Authorised } from './bus-tap.ts'

/** The positions that fill autos; the fourth is for buses and is polled all the same. */
const positions = [1, 2, 3] as const
const wantsGrams = 700
export const authoriseWithinMs = 5_000
const emptyWithinMs = 30_000

/**
 * Milliseconds from a scan's terminator to the first byte of the authorise block on the line to
 * the dispensers, one per scan and in order; the bound where no authorise came.
 *
 * Scans come in rounds of three. Before a round a vehicle stands at every position and the
 * attendant has given his word there, so that each scan meets what the figure is defined by,
 * wherever it is called; while the second and third are scanned, gas flows at the others. No scan
 * is left out.
 */
export async function scanToAuthorise(
  station: BenchStation,
  { samples, say }: Saying,
): Promise<readonly number[]> {
  const tookMs: number[] = []
  const tokens = station.takeTokens(samples).values()
  let fills: readonly Promise<void>[] = []
  while (tookMs.length < samples) {
    await Promise.all(fills)
    fills = []
    await vehiclesStand(station)
    for (const _ of positions) {
      const token = tokens.next()
      if (token.done === true) break
      const reader = station.readers[tookMs.length % 2 === 0 ? 0 : 1]
      const seen = station.tap.nextAuthorise(authoriseWithinMs)
      const shownAtMs = reader.show(token.value)
      const authorised = await seen.catch(() => undefined)
      tookMs.push(authorised ? authorised.atMs - shownAtMs : authoriseWithinMs)
      const { address } = authorised ?? (await wordOnceMore(station))
      fills = [...fills, freeAgain(station, address)]
    }
  }
  await Promise.all(fills)
  const refused = tookMs.filter((ms) => ms === authoriseWithinMs).length
  if (refused > 0) {
    say(
      `${refused} of ${samples} scans: no authorise within ${authoriseWithinMs} ms, counted as such`,
    )
  }
  return tookMs
}

type Saying = { readonly samples: number; readonly say: (line: string) => void }

/**
 * Brings a scan that was not authorised to its end, so that the next round finds free positions:
 * nothing starts by itself after a refusal, the attendant must say ready again.
 */
function wordOnceMore({ feed, forecourt, node, tap }: BenchStation): Promise<Authorised> {
  const patience = { what: 'an authorise after a refused one', withinMs: 3 * authoriseWithinMs }
  return waitUntil(patience, async () => {
    const called = feed.view()?.positions.find(({ state }) => state === 'called')
    if (called === undefined) return undefined
    const seen = tap.nextAuthorise(authoriseWithinMs)
    // A refused ready is thrown below; nobody waits for this one then.
    seen.catch(() => undefined)
    await forecourt.arrives(called.no, wantsGrams)
    await node.ready(called.no)
    return seen
  })
}

/** The simulated driver fills by himself; free again is what the screens showed busy before. */
async function freeAgain({ feed }: BenchStation, position: number): Promise<void> {
  const shows = (free: boolean): Promise<true> =>
    feed.until(`position ${position} ${free ? 'free' : 'busy'}`, (view) => {
      const state = view.positions.find(({ no }) => no === position)?.state
      return (state === 'free') === free ? true : undefined
    })
  await shows(false)
  await shows(true)
}

/** Every position is free, a vehicle stands there and the attendant's word is given. */
async function vehiclesStand({ feed, forecourt, node }: BenchStation): Promise<void> {
  await waitUntil({ what: 'three free positions', withinMs: emptyWithinMs }, () => {
    const all = feed.view()?.positions ?? []
    if (positions.every((no) => all.some((one) => one.no === no && one.state === 'free'))) {
      return true
    }
    throw new Error(all.map(({ no, state }) => `${no} ${state}`).join(', '))
  })
  for (const no of positions) {
    await forecourt.arrives(no, wantsGrams)
    await node.ready(no)
  }
}
