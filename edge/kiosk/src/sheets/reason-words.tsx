import { outOfTurnNoteMax } from '@baari/shared/domain/dispatch/out-of-turn'
import { useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { PlateKeyboard } from '../parts/keypad.tsx'
import { Sheet } from '../parts/sheet.tsx'

type WordsProps = {
  readonly title: string
  readonly onWords: (note: string) => void
  readonly onClose: () => void
}

/** The manager's own words, by the keys on the screen or by any keyboard and script there is. */
export function ReasonWords({ title, onWords, onClose }: WordsProps): JSX.Element {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  const words = note.trim()
  return (
    <Sheet title={title} onClose={onClose}>
      <div className="plate-head words-head">
        <input
          type="text"
          className="words"
          aria-label={t('outOfTurn.words')}
          placeholder={t('outOfTurn.words')}
          maxLength={outOfTurnNoteMax}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <button
          type="button"
          className="touch primary"
          disabled={words === ''}
          onClick={() => onWords(words)}
        >
          {t('outOfTurn.next')}
        </button>
      </div>
      <PlateKeyboard value={note} maxLength={outOfTurnNoteMax} spaced onChange={setNote} />
    </Sheet>
  )
}
