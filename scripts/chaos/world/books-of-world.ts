import type { StationLedger } from '@baari/shared/contracts/http/cloud-api'
import type { SyncStatus } from '@baari/shared/contracts/http/edge-api'
import Database from 'better-sqlite3'
import type { SimulatedHead } from '../../clients/forecourt-caller.ts'
import { streamFigures } from '../../e2e/offline-day/compare-ledgers.ts'
import type { LedgerFacts } from '../kills/books-of-file.ts'

export type Evidence = {
  readonly heads: readonly SimulatedHead[]
  readonly facts: LedgerFacts
  readonly node: SyncStatus
  readonly cloud: StationLedger
  /** Tickets that people hold and the ledger does not. */
  readonly missingTickets: readonly string[]
}

export type Judgement = {
  /** Grams and tickets that the books do not know, or that the two sides do not share. */
  readonly lost: number
  /** Authorises, sales and uses of tokens that stand twice. */
  readonly doubled: number
  readonly failures: readonly string[]
}

/** Holds the counters of the dispensers, the node's books and the cloud's against one another. */
export function judge({ heads, facts, node, cloud, missingTickets }: Evidence): Judgement {
  const gas = facts.books.reduce((sum, book) => {
    const head = heads.find(({ position }) => position === Number(book.key.position))
    const unseen = Math.abs((head?.totaliserGrams ?? 0) - book.totaliserGrams)
    return sum + unseen + Math.abs(book.differenceGrams)
  }, 0)
  const apart =
    Math.abs(node.totals.grams - cloud.grams) + Math.abs(node.totals.fills - cloud.fills)
  const doubled = facts.redeemedTwice + facts.authorisedTwice + facts.settledTwice
  const flowing = heads.filter(({ state }) => state === 'fuelling' || state === 'authorised')
  const unequal = streamFigures(node, cloud).filter(({ same }) => !same)
  return {
    lost: gas + apart + missingTickets.length,
    doubled,
    failures: [
      ...(gas === 0 ? [] : [`${gas} g: ${JSON.stringify({ heads, books: facts.books })}`]),
      ...(apart === 0 ? [] : [`sides apart: ${JSON.stringify({ node: node.totals, cloud })}`]),
      ...missingTickets.map((ticket) => `ticket ${ticket} was given and is not in the ledger`),
      ...(doubled === 0 ? [] : [`${doubled} doubled: ${JSON.stringify(facts)}`]),
      ...flowing.map(({ position, state }) => `position ${position} is ${state} at the end`),
      ...unequal.map(({ name, node: ours, cloud: theirs }) => `${name}: ${ours} and ${theirs}`),
      ...(node.totals.amountPaise === cloud.amountPaise ? [] : ['paise differ']),
      ...(node.unsentOps === 0 ? [] : [`${node.unsentOps} ops unsent`]),
      ...(cloud.deadLetters === 0 ? [] : [`${cloud.deadLetters} dead letters`]),
      ...(facts.integrity === 'ok' ? [] : [`integrity: ${facts.integrity}`]),
    ],
  }
}

/** Which of these tickets the ledger file does not hold. */
export function ticketsMissing(file: string, tickets: readonly string[]): readonly string[] {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const find = db.prepare<[string], { readonly id: string }>('SELECT id FROM ticket WHERE id = ?')
    return tickets.filter((ticket) => find.get(ticket) === undefined)
  } finally {
    db.close()
  }
}
