import type { Grams } from '@baari/shared/units/mass'
import { monoElapsed, seconds, type Mono } from '@baari/shared/units/time'

export type FlowRate = {
  note(saleGrams: Grams, at: Mono): void
  /** Mean of the last five seconds; 0 when nothing was noted in them. For people only. */
  gramsPerS(at: Mono): number
}

const span = seconds(5)
const most = 64

/** How fast a sale grows, by which a screen guesses its end. */
export function flowRate(): FlowRate {
  let notes: readonly { readonly grams: Grams; readonly at: Mono }[] = []

  function recent(at: Mono): typeof notes {
    return notes.filter((note) => monoElapsed(note.at, at) <= span)
  }

  return {
    note(saleGrams, at) {
      const fell = (notes.at(-1)?.grams ?? saleGrams) > saleGrams
      notes = [...(fell ? [] : recent(at)), { grams: saleGrams, at }].slice(-most)
    },
    gramsPerS(at) {
      const seen = recent(at)
      const [first] = seen
      const last = seen.at(-1)
      if (first === undefined || last === undefined || last.at === first.at) return 0
      return ((last.grams - first.grams) * 1000) / monoElapsed(first.at, last.at)
    },
  }
}
