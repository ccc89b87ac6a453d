import { Delete } from 'lucide-react'
import type { JSX } from 'react'
import { useTranslation } from 'react-i18next'

type KeypadProps = {
  readonly value: string
  readonly maxLength: number
  readonly onChange: (value: string) => void
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0']

/** Twelve keys for gloved hands: 18 mm and 12 mm apart on the reference panel. */
export function Keypad({ value, maxLength, onChange }: KeypadProps): JSX.Element {
  const { t } = useTranslation()
  return (
    <div className="keypad">
      {digits.map((digit, index) =>
        digit === '' ? (
          <span key={`gap-${index}`} />
        ) : (
          <button
            key={digit}
            type="button"
            className="key"
            onClick={() => onChange((value + digit).slice(0, maxLength))}
          >
            {digit}
          </button>
        ),
      )}
      <button
        type="button"
        className="key"
        aria-label={t('keys.delete')}
        onClick={() => onChange(value.slice(0, -1))}
      >
        <Delete aria-hidden="true" />
      </button>
    </div>
  )
}

const rows = ['1234567890', 'ABCDEFGHIJ', 'KLMNOPQRST', 'UVWXYZ']

type LetterKeysProps = KeypadProps & {
  /** Words need a space, a plate has none. */
  readonly spaced?: boolean
}

/** Letters in the order of the alphabet: many attendants have never used a typewriter's order. */
export function PlateKeyboard({
  value,
  maxLength,
  onChange,
  spaced = false,
}: LetterKeysProps): JSX.Element {
  const { t } = useTranslation()
  return (
    <div className="plate-keys">
      {[...rows.join('')].map((letter) => (
        <button
          key={letter}
          type="button"
          className="key"
          onClick={() => onChange((value + letter).slice(0, maxLength))}
        >
          {letter}
        </button>
      ))}
      {spaced && (
        <button
          type="button"
          className="key key-wide"
          onClick={() => onChange(`${value} `.slice(0, maxLength))}
        >
          {t('keys.space')}
        </button>
      )}
      <button
        type="button"
        className="key key-wide"
        aria-label={t('keys.delete')}
        onClick={() => onChange(value.slice(0, -1))}
      >
        <Delete aria-hidden="true" />
      </button>
    </div>
  )
}
