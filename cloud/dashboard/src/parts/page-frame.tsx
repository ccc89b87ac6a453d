import type { JSX, ReactNode } from 'react'
import { syncClient } from '../api/sync-client.ts'
import { useWords } from '../words/language.ts'

/** The pages behind the sign-in, in the order of the navigation. */
export const pageNames = ['live', 'forecast', 'whatIf', 'outOfTurn', 'sync'] as const

export type PageName = (typeof pageNames)[number]

/** What every page is given by the one that shows it. */
export type PageProps = {
  readonly page: PageName
  readonly onPage: (page: PageName) => void
  readonly onLanguage: () => void
  readonly onSignedOut: () => void
}

type Props = PageProps & {
  readonly title: string
  /** How new the page's facts are. */
  readonly asOf: string
  readonly onRefresh: () => void
  readonly children: ReactNode
}

/** Title, the other pages, and what every page can do. */
export function PageFrame(props: Props): JSX.Element {
  const { page, onPage, onLanguage, onSignedOut, title, asOf, onRefresh, children } = props
  const words = useWords()
  const leave = (): void => void syncClient.signOut().then(onSignedOut)
  return (
    <>
      <header>
        <h1>{title}</h1>
        <p className="soft">{asOf}</p>
        <nav aria-label={words.pages.label}>
          {pageNames.map((name) => (
            <button
              key={name}
              type="button"
              className="tab"
              aria-current={name === page ? 'page' : undefined}
              onClick={() => onPage(name)}
            >
              {words.pages[name]}
            </button>
          ))}
          <button type="button" onClick={onRefresh}>
            {words.refresh}
          </button>
          <button type="button" onClick={onLanguage}>
            {words.other}
          </button>
          <button type="button" onClick={leave}>
            {words.signOut}
          </button>
        </nav>
      </header>
      <main>{children}</main>
    </>
  )
}
