import type { Booking, Driver } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { cloudClient } from './api/cloud-client.ts'
import { keepTicket, savedTickets, saveTickets } from './api/saved-tickets.ts'
import { Book } from './pages/book.tsx'
import { Home } from './pages/home.tsx'
import { hashOf, pageOfHash, type Page } from './page.ts'
import { SignIn } from './pages/sign-in.tsx'
import { Ticket } from './pages/ticket.tsx'
import {
  firstLanguage,
  LanguageContext,
  loadFont,
  rememberLanguage,
  useWords,
  wordsOf,
  type Language,
} from './words/language.ts'

/** Who holds the phone, as far as the cloud has said. */
type Known = Driver | 'asking' | 'nobody'

export function App(): VNode {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [page, go] = usePage()
  const [driver, setDriver] = useState<Known>('asking')
  const [bookings, setBookings] = useState<readonly Booking[]>(savedTickets)
  const [online, setOnline] = useState(true)

  const refresh = useCallback(async () => {
    const [me, mine] = await Promise.all([cloudClient.me(), cloudClient.bookings()])
    const reached = me.ok || me.error.code !== 'offline'
    setOnline(reached)
    if (reached) setDriver(me.ok ? me.value : 'nobody')
    if (mine.ok) {
      saveTickets(mine.value)
      setBookings(mine.value)
    }
  }, [])
  useEffect(() => {
    const lost = (): void => setOnline(false)
    const back = (): void => void refresh()
    back()
    addEventListener('offline', lost)
    addEventListener('online', back)
    return () => {
      removeEventListener('offline', lost)
      removeEventListener('online', back)
    }
  }, [refresh])
  useEffect(() => {
    document.documentElement.lang = language
    void loadFont(language)
  }, [language])

  const booked = useCallback((fresh: Booking): void => {
    keepTicket(fresh)
    setBookings(savedTickets())
  }, [])
  const change = (): void => {
    const next = language === 'en' ? 'hi' : 'en'
    rememberLanguage(next)
    setLanguage(next)
  }
  const words = wordsOf[language]
  return (
    <LanguageContext.Provider value={language}>
      <Top home={page.kind === 'home'} onLanguage={change} />
      {!online && (
        <p class="notice" role="status">
          {words.offline}
        </p>
      )}
      <main>
        <Shown
          page={page}
          language={language}
          driver={driver}
          bookings={bookings}
          go={go}
          onDriver={setDriver}
          onBooking={booked}
          onSignedIn={refresh}
        />
      </main>
    </LanguageContext.Provider>
  )
}

type ShownProps = {
  readonly page: Page
  readonly language: Language
  readonly driver: Known
  readonly bookings: readonly Booking[]
  readonly go: (page: Page) => void
  readonly onDriver: (driver: Driver) => void
  readonly onBooking: (booking: Booking) => void
  readonly onSignedIn: () => Promise<void>
}

function Shown({
  page,
  language,
  driver,
  bookings,
  go,
  onDriver,
  onBooking,
  onSignedIn,
}: ShownProps): VNode {
  switch (page.kind) {
    case 'home':
      return <Home bookings={bookings} go={go} />
    case 'book':
      if (driver === 'asking') return <div class="skeleton" aria-busy="true" />
      if (driver === 'nobody') {
        return (
          <SignIn
            language={language}
            onSignedIn={(me) => {
              onDriver(me)
              void onSignedIn()
            }}
          />
        )
      }
      return (
        <Book
          station={page.station}
          driver={driver}
          onDriver={onDriver}
          onBooked={onBooking}
          go={go}
        />
      )
    case 'ticket':
      return (
        <Ticket
          id={page.id}
          saved={bookings.find((each) => each.id === page.id)}
          onChange={onBooking}
          onAgain={(station) => go({ kind: 'book', station })}
        />
      )
  }
}

function Top({
  home,
  onLanguage,
}: {
  readonly home: boolean
  readonly onLanguage: () => void
}): VNode {
  const words = useWords()
  return (
    <header class="top">
      {home ? (
        <strong>Baari</strong>
      ) : (
        <button class="link" type="button" onClick={() => history.back()}>
          {words.back}
        </button>
      )}
      <button class="link" type="button" onClick={onLanguage}>
        {words.language}
      </button>
    </header>
  )
}

function usePage(): readonly [Page, (page: Page) => void] {
  const [page, setPage] = useState<Page>(() => pageOfHash(location.hash))
  useEffect(() => {
    const follow = (): void => setPage(pageOfHash(location.hash))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const go = useCallback((next: Page) => {
    history.pushState(null, '', hashOf(next))
    setPage(next)
    scrollTo(0, 0)
  }, [])
  return [page, go]
}
