import { addGrams, noGrams, subtractGrams, type Grams } from '@baari/shared/units/mass'
import { paise, type Paise } from '@baari/shared/units/money'
import type { PositionNo } from '@baari/shared/units/names'

/** Running books of one nozzle since installation. */
export type NozzleBooks = {
  readonly position: PositionNo
  readonly totaliserGrams: Grams
  readonly settledGrams: Grams
  readonly orphanGrams: Grams
}

export type NozzleOfShift = {
  readonly position: PositionNo
  readonly totaliserOpenGrams: Grams
  readonly totaliserNowGrams: Grams
  readonly settledGrams: Grams
  readonly orphanGrams: Grams
}

/**
 * What each nozzle did in the shift: differences of its running books. A nozzle installed since
 * the opening begins at its own first total.
 */
export function nozzlesOfShift(
  open: readonly NozzleBooks[],
  now: readonly NozzleBooks[],
): readonly NozzleOfShift[] {
  const before = new Map(open.map((book) => [book.position, book]))
  return now.map((book) => {
    const first = before.get(book.position) ?? startOf(book)
    return {
      position: book.position,
      totaliserOpenGrams: first.totaliserGrams,
      totaliserNowGrams: book.totaliserGrams,
      settledGrams: subtractGrams(book.settledGrams, first.settledGrams),
      orphanGrams: subtractGrams(book.orphanGrams, first.orphanGrams),
    }
  })
}

function startOf(book: NozzleBooks): NozzleBooks {
  const accounted = addGrams(book.settledGrams, book.orphanGrams)
  return {
    position: book.position,
    totaliserGrams: subtractGrams(book.totaliserGrams, accounted),
    settledGrams: noGrams,
    orphanGrams: noGrams,
  }
}

/** Cash that must lie in the drawer: what was in it, and what was taken since. */
export function expectedCash(opening: Paise, taken: Paise): Paise {
  return paise(opening + taken)
}
