import type { OperatorMe, SyncConflicts, SyncStations } from '@baari/shared/contracts/http/sync-api'
import { useCallback, useEffect, useState, type JSX } from 'react'
import { syncClient } from './api/sync-client.ts'
import { ConflictCard } from './parts/conflict-card.tsx'
import { PageFrame, type PageProps } from './parts/page-frame.tsx'
import { StationList } from './parts/station-list.tsx'
import { clockText } from './parts/texts.ts'
import { fill, problemText, useWords } from './words/language.ts'

type Props = PageProps & { readonly person: OperatorMe }

const refreshEveryMs = 30_000

/** Whether every station is in step with the cloud, and what a person has to decide. */
export function SyncPage({ person, ...page }: Props): JSX.Element {
  const words = useWords()
  const [chosen, setChosen] = useState<number | null>(null)
  const { stations, conflicts, problem, look } = useSync(chosen, page.onSignedOut)
  const mayDecide = person.role !== 'auditor'
  const asOf =
    stations === null ? words.loading : fill(words.asOf, { time: clockText(stations.nowMs) })
  return (
    <PageFrame {...page} title={words.title} asOf={asOf} onRefresh={look}>
      {problem !== null && (
        <p className="problem" role="alert">
          {problemText(words, problem)}
        </p>
      )}
      {stations !== null && (
        <StationList stations={stations} chosen={chosen} onChoose={setChosen} />
      )}
      <Waiting conflicts={conflicts} mayDecide={mayDecide} onResolved={look} />
    </PageFrame>
  )
}

type WaitingProps = {
  readonly conflicts: SyncConflicts | null
  readonly mayDecide: boolean
  readonly onResolved: () => void
}

function Waiting({ conflicts, mayDecide, onResolved }: WaitingProps): JSX.Element {
  const words = useWords()
  return (
    <section aria-label={words.waiting}>
      <h2>{words.waiting}</h2>
      {conflicts?.conflicts.length === 0 && <p className="soft">{words.noConflicts}</p>}
      {conflicts?.conflicts.map((conflict) => (
        <ConflictCard
          key={conflict.id}
          conflict={conflict}
          mayDecide={mayDecide}
          onResolved={onResolved}
        />
      ))}
      {conflicts?.more === true && <p className="soft">{words.more}</p>}
    </section>
  )
}

/** Both lists, asked for together, again every half minute and whenever somebody wishes. */
function useSync(chosen: number | null, onSignedOut: () => void) {
  const [stations, setStations] = useState<SyncStations | null>(null)
  const [conflicts, setConflicts] = useState<SyncConflicts | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const look = useCallback(() => {
    void Promise.all([syncClient.stations(), syncClient.conflicts(chosen)]).then(
      ([links, waiting]) => {
        const error = links.ok ? (waiting.ok ? null : waiting.error) : links.error
        if (error === 'not_signed_in') return onSignedOut()
        setProblem(error)
        if (links.ok) setStations(links.value)
        if (waiting.ok) setConflicts(waiting.value)
      },
    )
    // The parent's callback is new at each render and says the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen])
  useEffect(() => {
    look()
    const timer = setInterval(look, refreshEveryMs)
    return () => clearInterval(timer)
  }, [look])
  return { stations, conflicts, problem, look }
}
