import type { OperatorMe } from '@baari/shared/contracts/http/sync-api'
import { useEffect, useState, type JSX } from 'react'
import { syncClient } from './api/sync-client.ts'
import { SignIn } from './sign-in.tsx'
import { SyncPage } from './sync-page.tsx'
import {
  firstLanguage,
  LanguageContext,
  rememberLanguage,
  type Language,
} from './words/language.ts'

type Person = OperatorMe | 'nobody' | 'unknown'

/** One page behind one sign-in. */
export function App(): JSX.Element {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [person, setPerson] = useState<Person>('unknown')
  useEffect(() => rememberLanguage(language), [language])
  const ask = (): void => void syncClient.me().then((me) => setPerson(me.ok ? me.value : 'nobody'))
  useEffect(ask, [])
  const turn = (): void => setLanguage(language === 'en' ? 'hi' : 'en')
  return (
    <LanguageContext value={language}>
      {person === 'nobody' && <SignIn onSignedIn={ask} onLanguage={turn} />}
      {typeof person === 'object' && (
        <SyncPage person={person} onLanguage={turn} onSignedOut={() => setPerson('nobody')} />
      )}
    </LanguageContext>
  )
}
