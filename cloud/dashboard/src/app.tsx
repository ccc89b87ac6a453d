import type { OperatorMe } from '@baari/shared/contracts/http/sync-api'
import { useEffect, useState, type JSX } from 'react'
import { syncClient } from './api/sync-client.ts'
import { ForecastPage } from './forecast-page.tsx'
import { LivePage } from './live-page.tsx'
import { OutOfTurnPage } from './out-of-turn-page.tsx'
import { pageNames, type PageName } from './parts/page-frame.tsx'
import { SignIn } from './sign-in.tsx'
import { SyncPage } from './sync-page.tsx'
import { WhatIfPage } from './what-if-page.tsx'
import {
  firstLanguage,
  LanguageContext,
  rememberLanguage,
  type Language,
} from './words/language.ts'

type Person = OperatorMe | 'nobody' | 'unknown'

/** The pages behind one sign-in; the address after # says which. */
export function App(): JSX.Element {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [person, setPerson] = useState<Person>('unknown')
  const [page, setPage] = useState<PageName>(pageOfAddress)
  useEffect(() => rememberLanguage(language), [language])
  const ask = (): void => void syncClient.me().then((me) => setPerson(me.ok ? me.value : 'nobody'))
  useEffect(ask, [])
  useEffect(() => {
    const follow = (): void => setPage(pageOfAddress())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const turn = (): void => setLanguage(language === 'en' ? 'hi' : 'en')
  const shown = {
    page,
    onPage: (next: PageName): void => void (location.hash = next),
    onLanguage: turn,
    onSignedOut: () => setPerson('nobody'),
  }
  return (
    <LanguageContext value={language}>
      {person === 'nobody' && <SignIn onSignedIn={ask} onLanguage={turn} />}
      {typeof person === 'object' && page === 'forecast' && (
        <ForecastPage {...shown} person={person} />
      )}
      {typeof person === 'object' && page === 'live' && <LivePage {...shown} />}
      {typeof person === 'object' && page === 'whatIf' && <WhatIfPage {...shown} person={person} />}
      {typeof person === 'object' && page === 'outOfTurn' && <OutOfTurnPage {...shown} />}
      {typeof person === 'object' && page === 'sync' && <SyncPage {...shown} person={person} />}
    </LanguageContext>
  )
}

function pageOfAddress(): PageName {
  return pageNames.find((name) => location.hash === `#${name}`) ?? 'live'
}
