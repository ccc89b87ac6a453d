import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { clockText, windowText } from './times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type OfferProps = { readonly booking: Booking; readonly onAnswered: (booking: Booking) => void }

/** Another window, with two buttons: consent is an act, and no answer changes nothing. */
export function RetimeOffer({ booking, onAnswered }: OfferProps): VNode | null {
  const words = useWords()
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const [busy, setBusy] = useState(false)
  const { retime } = booking
  if (retime === null) return null
  async function answer(said: 'accept' | 'decline'): Promise<void> {
    setBusy(true)
    const done = await cloudClient.retime(booking.id, said)
    setBusy(false)
    if (done.ok) onAnswered(done.value)
    else setProblem(done.error)
  }
  return (
    <section class="offer" aria-label={words.ticket.retime.window}>
      <p>{words.ticket.retime[retime.cause]}</p>
      <p class="offered">
        <span>{words.ticket.retime.window}</span>
        <strong>{windowText(retime.windowStartMs, retime.windowEndMs)}</strong>
      </p>
      <div class="pair">
        <button type="button" class="main" disabled={busy} onClick={() => void answer('accept')}>
          {fill(words.ticket.retime.accept, { time: clockText(retime.windowStartMs) })}
        </button>
        <button type="button" class="chip" disabled={busy} onClick={() => void answer('decline')}>
          {fill(words.ticket.retime.decline, { time: clockText(booking.windowStartMs) })}
        </button>
      </div>
      <p class="soft">{fill(words.ticket.retime.until, { time: clockText(retime.untilMs) })}</p>
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
    </section>
  )
}
