import { waitUntil } from '../../clients/wait-until.ts'
import type { BenchStation } from './bench-station.ts'
import type { Authorised } from './bus-tap.ts'

/** The positions that fill autos; the fourth is for buses and is polled all the same. */
const positions: ReadonlySet<number> = new Set([1, 2, 3])
const wantsGrams = 700
export const authoriseWithinMs = 5_000
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
  { samples, say }: Saying,
): Promise<ScansToAuthorise> {
  const tookMs: number[] = []
  const here: Forecourt = { said: new Map(), taken: new Set() }
  let refused = 0
  let wordless = 0
  for (const [index, token] of station.takeTokens(samples + spareScans(samples)).entries()) {
    if (tookMs.length === samples) break
    await vehicleStands(station, here)
    const seen = station.tap.nextAuthorise(authoriseWithinMs)
    const reader = station.readers[index % 2 === 0 ? 0 : 1]
    const shownAtMs = reader.show(token)
    const authorised = await seen.catch(() => undefined)
    const byWord = authorised !== undefined || wordStood(station, here, shownAtMs)
    if (!byWord) wordless += 1
    if (byWord && authorised === undefined) refused += 1
    // Left out, a scan that was not authorised would make the percentile look better than it is.
    if (byWord) tookMs.push(authorised ? authorised.atMs - shownAtMs : authoriseWithinMs)
    const { address } = authorised ?? (await wordOnceMore(station))
    here.taken.add(address)
    // A fill that fails leaves its position taken; the next wait for a vehicle then says so.
    freeAgain(station, address).then(
      () => here.taken.delete(address),
      () => undefined,
    )
  }
  sayLeftOver({ samples, say }, { wordless, refused })
  return { tookMs, wordless }
}

export type ScansToAuthorise = {
  /** One per scan that met a vehicle and a word; the bound where no authorise came. */
  readonly tookMs: readonly number[]
  /** Scans left out of `tookMs`, because no word seemed to be given where they were called. */
  readonly wordless: number
}

type Saying = { readonly samples: number; readonly say: (line: string) => void }

function sayLeftOver(
  { samples, say }: Saying,
  { wordless, refused }: { readonly wordless: number; readonly refused: number },
): void {
  if (wordless > 0) {
    say(`${wordless} scans went to a position freed in that instant, before any word: not counted`)
  }
  if (refused > 0) {
    say(
      `${refused} of ${samples} scans: no authorise within ${authoriseWithinMs} ms, counted as such`,
    )
  }
}

/** Scans kept for those that meet no vehicle that stands ready. */
export function spareScans(samples: number): number {
  return Math.ceil(samples / 4)
}

/**
 * What is timed begins with a vehicle at the position and the attendant's word given. A fill that
 * ends in the instant of the scan frees a position where neither is so; the call may go there, and
 * rightly nothing flows.
 */
function wordStood({ feed }: BenchStation, { said }: Forecourt, shownAtMs: number): boolean {
  const called = feed.view()?.positions.find(({ state }) => state === 'called')
  if (called === undefined) return true
  const givenAtMs = said.get(called.no)
  return givenAtMs !== undefined && givenAtMs < shownAtMs
}

/**
 * Brings a scan that was not authorised to its end, so that the next one finds a free position:
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
