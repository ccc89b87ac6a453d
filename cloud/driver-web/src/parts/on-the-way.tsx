import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { whereabouts } from '../api/whereabouts.ts'
import { clockText } from './times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type OnTheWayProps = { readonly booking: Booking; readonly onSaid: (booking: Booking) => void }

const waiting: ReadonlySet<Booking['state']> = new Set(['active', 'confirmed'])

/** *On my way*: the phone asks for the place, and only its field of a kilometre is sent. */
export function OnTheWay({ booking, onSaid }: OnTheWayProps): VNode | null {
  const words = useWords()
  const [said, setSaid] = useState<string | null>(null)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const [busy, setBusy] = useState(false)
  if (!waiting.has(booking.state)) return null
  /** Up to ten seconds pass before a phone without a fix gives up. */
  async function say(): Promise<void> {
    setBusy(true)
    const cell = await whereabouts()
    const done = cell === undefined ? undefined : await cloudClient.onTheWay(booking.id, cell)
    setBusy(false)
    if (done === undefined) return setSaid(words.book.suggest.nearNone)
    if (!done.ok) return setProblem(done.error)
    const { arrival, booking: kept } = done.value
    const until = clockText(kept.expiresMs)
    setProblem(null)
    setSaid(
      arrival === null
        ? words.ticket.onWayUnknown
        : fill(words.ticket.onWayThere, { time: clockText(arrival.medianMs), until }),
    )
    onSaid(kept)
  }
  return (
    <div class="on-way">
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
      <button type="button" class="chip" disabled={busy} onClick={() => void say()}>
        {words.ticket.onWay}
      </button>
      <p class={said === null ? 'soft' : ''} role="status">
        {said ?? words.ticket.onWayWhy}
      </p>
    </div>
  )
}
