import { outOfTurnDaysMax } from '@baari/shared/contracts/http/out-of-turn-api'
import { useCallback, useState, type JSX } from 'react'
import { outOfTurnClient, type OutOfTurnQuestion } from './api/out-of-turn-client.ts'
import { syncClient } from './api/sync-client.ts'
import { usePolled } from './api/use-polled.ts'
import { CallList } from './parts/out-of-turn/call-list.tsx'
import { Rankings } from './parts/out-of-turn/rankings.tsx'
import { SpanForm } from './parts/out-of-turn/span-form.tsx'
import { boundsOf, lastDays, type Span } from './parts/out-of-turn/span.ts'
import { PageFrame, type PageProps } from './parts/page-frame.tsx'
import { clockText } from './parts/texts.ts'
import { fill, problemText, useWords } from './words/language.ts'

const stationsEveryMs = 300_000
const reportEveryMs = 30_000

/** Vehicles that went before their turn: who asked, who allowed, why, and whom they passed. */
export function OutOfTurnPage(page: PageProps): JSX.Element {
  const words = useWords()
  const [span, setSpan] = useState<Span>(() => lastDays('week', Date.now()))
  const [station, setStation] = useState<number | null>(null)
  const stations = usePolled(syncClient.stations, stationsEveryMs, page.onSignedOut)
  const [turn, setTurn] = useState(0)
  const look = (): void => {
    stations.look()
    setTurn(turn + 1)
  }
  const bounds = boundsOf(span)
  const ask = bounds === undefined ? undefined : { ...bounds, station }
  const asOf =
    stations.value === null
      ? words.loading
      : fill(words.asOf, { time: clockText(stations.value.nowMs) })
  return (
    <PageFrame {...page} title={words.outOfTurn.title} asOf={asOf} onRefresh={look}>
      <p className="soft">{words.outOfTurn.about}</p>
      <SpanForm
        stations={stations.value?.stations ?? []}
        {...{ span, station, onSpan: setSpan, onStation: setStation, ask }}
      />
      {ask === undefined ? (
        <p className="problem" role="alert">
          {fill(words.outOfTurn.badSpan, { days: outOfTurnDaysMax })}
        </p>
      ) : (
        <Report {...ask} onSignedOut={page.onSignedOut} key={turn} />
      )}
    </PageFrame>
  )
}

type ReportProps = OutOfTurnQuestion & { readonly onSignedOut: () => void }

function Report({ fromMs, toMs, station, onSignedOut }: ReportProps): JSX.Element {
  const words = useWords()
  const question = useCallback(
    () => outOfTurnClient.report({ fromMs, toMs, station }),
    [fromMs, toMs, station],
  )
  const { value, problem } = usePolled(question, reportEveryMs, onSignedOut)
  return (
    <>
      {problem !== null && (
        <p className="problem" role="alert">
          {problemText(words, problem)}
        </p>
      )}
      {value === null && problem === null && <p className="soft">{words.loading}</p>}
      {value !== null && value.calls.length === 0 && <p className="card">{words.outOfTurn.none}</p>}
      {value !== null && value.calls.length > 0 && (
        <>
          <Rankings report={value} />
          <CallList report={value} />
        </>
      )}
    </>
  )
}
