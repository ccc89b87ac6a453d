import { bookingStates, type BookingState } from './booking-state.ts'

/** States a use gives; the others come from the sale. */
export type UseState = 'checked_in' | 'filling' | 'part_filled' | 'completed' | 'released'
export type SaleState = Exclude<BookingState, UseState>

/** Place of an op in the station's ledger; epochs are counted in the order they were opened. */
export type LedgerPlace = { readonly epochNo: number; readonly seq: number }
export type UseFact = { readonly at: LedgerPlace; readonly state: UseState }

/**
 * What is known of a booking, as a set of facts and not as their order of arrival. JSON, so that it
 * can be stored beside the booking and joined again with what comes later.
 */
export type BookingFacts = {
  /** The highest state the sale has reached. */
  readonly sale?: SaleState
  /** For each use number the op with the highest place. */
  readonly uses: Readonly<Record<number, UseFact>>
}

export const noFacts: BookingFacts = { uses: {} }

export function saleFact(sale: SaleState): BookingFacts {
  return { sale, uses: {} }
}

export function useFact(useNo: number, fact: UseFact): BookingFacts {
  return { uses: { [useNo]: fact } }
}

/**
 * Both sets together: commutative, associative and idempotent, so replays and any order of uplink
 * and cloud events end in one state (sync.md section 2).
 */
export function joinFacts(a: BookingFacts, b: BookingFacts): BookingFacts {
  const uses: Record<number, UseFact> = { ...a.uses }
  for (const [useNo, fact] of Object.entries(b.uses)) {
    const known = uses[Number(useNo)]
    uses[Number(useNo)] = known === undefined ? fact : laterUse(known, fact)
  }
  const sale = higherSale(a.sale, b.sale)
  return sale === undefined ? { uses } : { sale, uses }
}

/**
 * The state these facts make. A use that was not released outranks everything the sale says; of
 * several uses the highest number is the current one, so a pass is *checked_in* again after its
 * first fill *completed*. Undefined while nothing but released uses is known.
 */
export function stateOfFacts({ sale, uses }: BookingFacts): BookingState | undefined {
  const current = Object.entries(uses)
    .filter(([, fact]) => fact.state !== 'released')
    .sort(([a], [b]) => Number(b) - Number(a))[0]?.[1]
  return current === undefined || current.state === 'released' ? sale : current.state
}

function laterUse(a: UseFact, b: UseFact): UseFact {
  const order = a.at.epochNo - b.at.epochNo || a.at.seq - b.at.seq || useRank(a) - useRank(b)
  return order >= 0 ? a : b
}

/** One op has one state; the rank only keeps the join commutative for broken input. */
function useRank({ state }: UseFact): number {
  return state === 'released' ? -1 : bookingStates.indexOf(state)
}

function higherSale(a: SaleState | undefined, b: SaleState | undefined): SaleState | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return bookingStates.indexOf(a) >= bookingStates.indexOf(b) ? a : b
}
