import { booksHold } from '@baari/edge/app/fill/fill-books-check'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ForecourtCaller, SimulatedHead } from '../../clients/forecourt-caller.ts'
import type { LiveFeed } from '../../clients/live-feed.ts'
import { readLedgerFile, type LedgerFacts } from './books-of-file.ts'

export type Rest = {
  /** Grams that counters and books do not share, over all nozzles. */
  readonly lostGrams: number
  /** Authorises that the heads obeyed since the node started and nobody gave the word. */
  readonly restarted: number
  /** Sales, uses of tokens and authorises that stand twice in the books or at the heads. */
  readonly doubled: number
  readonly settled: number
  readonly failures: readonly string[]
}

export type RestParts = {
  readonly forecourt: ForecourtCaller
  readonly feed: LiveFeed
  readonly ledgerFile: string
  /** Authorises by position before the node started. */
  readonly authorisedBefore: ReadonlyMap<number, number>
  /** Whether the node ended by itself meanwhile. */
  readonly ended: () => boolean
}

/** Far longer than it takes: on a busy machine a head's answer comes too late for its bus. */
const restsWithinMs = 180_000
const lookEveryMs = 150
/** At rest for so many looks: a head between two steps is not. */
const calmLooks = 2

/**
 * Waits until a restarted node to which nobody gives a word is at rest with its dispensers, then
 * holds their counters against its file. Books that are behind may still come to a poll later;
 * what is apart at the bound is lost.
 */
export async function restAndCheck(parts: RestParts): Promise<Rest> {
  const until = performance.now() + restsWithinMs
  let calm = 0
  for (;;) {
    const heads = await parts.forecourt.heads()
    await giveUp(parts.forecourt, heads)
    calm = atRest(parts.feed, heads) ? calm + 1 : 0
    if (calm >= calmLooks) {
      const rest = judge(parts, heads)
      if (rest.failures.length === 0 || performance.now() > until) return rest
    }
    if (parts.ended() || performance.now() > until) return neverAtRest(parts, heads)
    await sleep(lookEveryMs)
  }
}

/** A driver whose nozzle is out and whose authorise was taken back gets no gas and hangs up. */
async function giveUp(forecourt: ForecourtCaller, heads: readonly SimulatedHead[]): Promise<void> {
  for (const { position, state } of heads) if (state === 'calling') await forecourt.hangUp(position)
}

const quietHeads = new Set(['idle', 'completed'])
const quietPositions = new Set(['free', 'called'])

function atRest(feed: LiveFeed, heads: readonly SimulatedHead[]): boolean {
  const positions = feed.view()?.positions ?? []
  return (
    positions.length === heads.length &&
    positions.every(({ state }) => quietPositions.has(state)) &&
    heads.every(({ state }) => quietHeads.has(state))
  )
}

function neverAtRest(parts: RestParts, heads: readonly SimulatedHead[]): Rest {
  const shown = parts.feed.view()?.positions.map(({ no, state }) => `${no} ${state}`)
  const why = parts.ended() ? 'the node ended by itself' : 'not at rest'
  const rest = judge(parts, heads)
  return { ...rest, failures: [`${why}: ${JSON.stringify({ shown, heads })}`, ...rest.failures] }
}

function judge({ ledgerFile, authorisedBefore }: RestParts, heads: readonly SimulatedHead[]): Rest {
  const facts = readLedgerFile(ledgerFile)
  const lostGrams = lostOf(facts, heads)
  const restarted = sum(
    heads.map(
      ({ position, authorisations }) => authorisations - (authorisedBefore.get(position) ?? 0),
    ),
  )
  const doubled =
    facts.redeemedTwice + facts.authorisedTwice + facts.settledTwice + unwrittenOf(facts, heads)
  return {
    lostGrams,
    restarted,
    doubled,
    settled: facts.settled,
    failures: [
      ...(lostGrams === 0 ? [] : [`${lostGrams} g: ${JSON.stringify({ heads, ...facts })}`]),
      ...(restarted === 0 ? [] : [`${restarted} authorises without a word`]),
      ...(doubled === 0 ? [] : [`${doubled} doubled: ${JSON.stringify({ heads, ...facts })}`]),
      ...(facts.books.every(booksHold) ? [] : [`books: ${JSON.stringify(facts.books)}`]),
      ...(facts.integrity === 'ok' ? [] : [`integrity: ${facts.integrity}`]),
    ],
  }
}

/** Gas that a counter shows and the books do not, and gas that the books show and no counter does. */
function lostOf({ books }: LedgerFacts, heads: readonly SimulatedHead[]): number {
  return sum(
    heads.map(({ position, totaliserGrams }) => {
      const book = books.find(({ key }) => Number(key.position) === position)
      if (book === undefined) return totaliserGrams
      return Math.abs(totaliserGrams - book.totaliserGrams) + Math.abs(book.differenceGrams)
    }),
  )
}

/** Authorises that a head obeyed beyond those that were written down before they were sent. */
function unwrittenOf({ intents }: LedgerFacts, heads: readonly SimulatedHead[]): number {
  return sum(
    heads.map(({ position, authorisations }) =>
      Math.max(0, authorisations - (intents.get(position) ?? 0)),
    ),
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
