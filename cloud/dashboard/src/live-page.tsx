import type { JSX } from 'react'
import { liveClient } from './api/live-client.ts'
import { usePolled } from './api/use-polled.ts'
import { LiveCard } from './parts/live-card.tsx'
import { wrongNow } from './parts/live-texts.ts'
import { PageFrame, type PageProps } from './parts/page-frame.tsx'
import { clockText } from './parts/texts.ts'
import { WrongList } from './parts/wrong-list.tsx'
import { fill, problemText, useWords } from './words/language.ts'

const everyMs = 10_000

/** Every station as it is now: first what is wrong and what to do, then the stations. */
export function LivePage(page: PageProps): JSX.Element {
  const words = useWords()
  const { value, problem, look } = usePolled(liveClient.live, everyMs, page.onSignedOut)
  const asOf = value === null ? words.loading : fill(words.asOf, { time: clockText(value.nowMs) })
  return (
    <PageFrame {...page} title={words.live.title} asOf={asOf} onRefresh={look}>
      {problem !== null && (
        <p className="problem" role="alert">
          {problemText(words, problem)}
        </p>
      )}
      {value === null && problem === null && <Skeleton />}
      {value?.stations.length === 0 && <p className="soft">{words.live.none}</p>}
      {value !== null && value.stations.length > 0 && (
        <>
          <WrongList wrong={wrongNow(words, value.stations)} nowMs={value.nowMs} />
          <section aria-label={words.live.stations}>
            <h2>{words.live.stations}</h2>
            <ul className="stations">
              {value.stations.map((one) => (
                <LiveCard key={one.station} live={one} nowMs={value.nowMs} />
              ))}
            </ul>
          </section>
        </>
      )}
    </PageFrame>
  )
}

function Skeleton(): JSX.Element {
  return (
    <ul className="stations" aria-hidden="true">
      <li className="card skeleton" />
      <li className="card skeleton" />
    </ul>
  )
}
