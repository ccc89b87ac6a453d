import type { Me } from '@baari/shared/contracts/http/edge-api'
import { useEffect, useState, type JSX } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient, type Attendants, type NodeProblem } from '../api/node-client.ts'
import { changeLanguage, language } from '../i18n/words.ts'
import { Keypad } from '../parts/keypad.tsx'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { useAction } from '../parts/use-action.ts'

type Person = Attendants[number]

// A node that has just been set up, or is starting, knows its people a little later.
const askAgainMs = 2000

/** Name first, then the PIN, both without a keyboard. */
export function SignIn({ onSignedIn }: { readonly onSignedIn: (me: Me) => void }): JSX.Element {
  const { t } = useTranslation()
  const [people, setPeople] = useState<Attendants | null>(null)
  const [person, setPerson] = useState<Person | null>(null)
  const [problem, setProblem] = useState<NodeProblem | null>(null)
  const unknown = people === null || people.length === 0
  useEffect(() => {
    if (!unknown) return undefined
    const ask = async (): Promise<void> => {
      const answer = await nodeClient.attendants()
      setProblem(answer.ok ? null : answer.error)
      if (answer.ok) setPeople(answer.value)
    }
    void ask()
    const timer = setInterval(() => void ask(), askAgainMs)
    return () => clearInterval(timer)
  }, [unknown])

  if (person) return <Pin person={person} onBack={() => setPerson(null)} onSignedIn={onSignedIn} />
  return (
    <Sheet title={t('signIn.who')}>
      <ul className="people">
        {people?.map((each) => (
          <li key={each.id}>
            <button type="button" className="touch wide" onClick={() => setPerson(each)}>
              {each.name}
              {each.role === 'manager' && <small> {t('signIn.manager')}</small>}
            </button>
          </li>
        ))}
      </ul>
      {people?.length === 0 && <p>{t('signIn.none')}</p>}
      <ProblemLine problem={problem} />
      <button
        type="button"
        className="touch quiet"
        onClick={() => void changeLanguage(language() === 'en' ? 'hi' : 'en')}
      >
        {t('menu.language')}
      </button>
    </Sheet>
  )
}

type PinProps = {
  readonly person: Person
  readonly onBack: () => void
  readonly onSignedIn: (me: Me) => void
}

const pinLength = 4

function Pin({ person, onBack, onSignedIn }: PinProps): JSX.Element {
  const { t } = useTranslation()
  const [pin, setPin] = useState('')
  const action = useAction()
  function change(next: string): void {
    setPin(next)
    if (next.length < pinLength || action.busy) return
    action.run(() => nodeClient.signIn(person.id, next), onSignedIn)
    setPin('')
  }
  return (
    <Sheet title={t('signIn.pin', { name: person.name })} onClose={onBack}>
      <div className="two-sides">
        <div>
          <p className="typed number" aria-label={`${pin.length}`}>
            {'●'.repeat(pin.length)}
            {'○'.repeat(pinLength - pin.length)}
          </p>
          <ProblemLine problem={action.problem} />
        </div>
        <Keypad value={pin} maxLength={pinLength} onChange={change} />
      </div>
    </Sheet>
  )
}
