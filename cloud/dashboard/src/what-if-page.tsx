import type { OperatorMe } from '@baari/shared/contracts/http/sync-api'
import type { WhatIfAnswer } from '@baari/shared/contracts/http/what-if-api'
import { useEffect, useRef, useState, type JSX } from 'react'
import { liveClient } from './api/live-client.ts'
import { usePolled } from './api/use-polled.ts'
import { PageFrame, type PageProps } from './parts/page-frame.tsx'
import { clockText } from './parts/texts.ts'
import { WhatIfQuestionForm } from './parts/what-if-form.tsx'
import { WhatIfResult } from './parts/what-if-result.tsx'
import { questionOf, type WhatIfForm } from './parts/what-if-texts.ts'
import { fill, problemText, useWords } from './words/language.ts'

type Props = PageProps & { readonly person: OperatorMe }

/** Only the stations' names and sizes are taken from it. */
const everyMs = 60_000

/** Asks the twin what a change would do, and shows it beside the day as it is. */
export function WhatIfPage({ person, ...page }: Props): JSX.Element {
  const words = useWords()
  const { value, look } = usePolled(liveClient.live, everyMs, page.onSignedOut)
  const [form, setForm] = useState<WhatIfForm>({
    ...{ name: words.whatIf.any, positions: 4, load: 'usual', bookedShare: 0.5 },
    ...{ close: false, cap: 'forecast', rule: 'today', thenShare: null },
  })
  const asked = useWhatIf()
  const asOf = value === null ? words.loading : fill(words.asOf, { time: clockText(value.nowMs) })
  return (
    <PageFrame {...page} title={words.whatIf.title} asOf={asOf} onRefresh={look}>
      <p className="soft">{words.whatIf.what}</p>
      <WhatIfQuestionForm
        form={form}
        stations={value?.stations ?? []}
        busy={asked.busy}
        mayAsk={person.role !== 'auditor'}
        onForm={setForm}
        onAsk={() => asked.ask(form)}
        onStop={asked.stop}
      />
      {asked.problem !== null && (
        <p className="problem" role="alert">
          {problemText(words, asked.problem)}
        </p>
      )}
      {asked.answer !== null && <WhatIfResult answer={asked.answer} />}
    </PageFrame>
  )
}

/** One question at a time; leaving the page withdraws it, so that the cloud plays for nobody. */
function useWhatIf() {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [answer, setAnswer] = useState<WhatIfAnswer | null>(null)
  const running = useRef<AbortController>(undefined)
  const stop = (): void => {
    running.current?.abort()
    setBusy(false)
  }
  useEffect(() => () => running.current?.abort(), [])
  const ask = (form: WhatIfForm): void => {
    const mine = new AbortController()
    running.current = mine
    setBusy(true)
    setProblem(null)
    void liveClient.whatIf(questionOf(form), mine.signal).then((told) => {
      if (mine.signal.aborted) return
      setBusy(false)
      setProblem(told.ok ? null : told.error)
      setAnswer(told.ok ? told.value : null)
    })
  }
  return { busy, problem, answer, ask, stop }
}
