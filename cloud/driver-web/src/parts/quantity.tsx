import { expectedFill } from '@baari/shared/domain/slots/expected-fill'
import { grams, kilogramText } from '@baari/shared/units/mass'
import type { VNode } from 'preact'
import { fill, useWords } from '../words/language.ts'

type QuantityProps = {
  readonly mass: number
  readonly step: number
  readonly onChange: (mass: number) => void
}

const mostGrams = 120_000

/** The class's usual fill, and more or less of it by a tap. */
export function Quantity({ mass, step, onChange }: QuantityProps): VNode {
  const words = useWords()
  return (
    <p class="row quantity">
      <span>{words.book.quantity}</span>
      <button
        class="round"
        type="button"
        aria-label={words.book.less}
        onClick={() => onChange(Math.max(step, mass - step))}
      >
        −
      </button>
      <strong>{fill(words.book.kg, { kg: kilogramText(grams(mass), 1) })}</strong>
      <button
        class="round"
        type="button"
        aria-label={words.book.more}
        onClick={() => onChange(Math.min(mostGrams, mass + step))}
      >
        +
      </button>
    </p>
  )
}

type ExpectedProps = { readonly mass: number; readonly percent: number | null }

/** Told before the driver books: at a low pressure the cylinder does not get full. */
export function Expected({ mass, percent }: ExpectedProps): VNode | null {
  const words = useWords()
  const expected = expectedFill(grams(mass), percent)
  if (expected === null) return null
  return <p class="notice">{fill(words.book.gas, { kg: kilogramText(expected, 1) })}</p>
}
