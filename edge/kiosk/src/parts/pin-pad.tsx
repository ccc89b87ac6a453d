import { useState, type JSX, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Keypad } from './keypad.tsx'
import { ProblemLine } from './sheet.tsx'
import type { Action } from './use-action.ts'

type PinPadProps = {
  /** What is about to be done, above the PIN. */
  readonly children: ReactNode
  readonly label: string
  readonly action: Action
  readonly onPin: (pin: string) => void
}

/** The manager's own PIN for one act, whoever is signed in. */
export function PinPad({ children, label, action, onPin }: PinPadProps): JSX.Element {
  const { t } = useTranslation()
  const [pin, setPin] = useState('')
  return (
    <div className="two-sides">
      <div>
        {children}
        <p>{t('meter.pin')}</p>
        <p className="typed number">{'•'.repeat(pin.length) || '–'}</p>
        <ProblemLine problem={action.problem} />
        <button
          type="button"
          className="touch wide primary"
          disabled={action.busy || pin.length < 4}
          onClick={() => onPin(pin)}
        >
          {label}
        </button>
      </div>
      <Keypad value={pin} maxLength={8} onChange={setPin} />
    </div>
  )
}
