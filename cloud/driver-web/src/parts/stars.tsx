import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type StarsProps = {
  readonly booking: Booking
  readonly of: Booking['fills'][number]
  readonly onRated: (booking: Booking) => void
}

const steps = [1, 2, 3, 4, 5] as const

/** One to five stars for one fill; the first word stands. */
export function Stars({ booking, of, onRated }: StarsProps): VNode | null {
  const words = useWords()
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const [busy, setBusy] = useState(false)
  const { fill: fillId, stars } = of
  if (stars !== null) return <p class="soft">{fill(words.ticket.rated, { n: stars })}</p>
  if (fillId === null) return null
  async function rate(given: number): Promise<void> {
    if (fillId === null) return
    setBusy(true)
    const done = await cloudClient.rate(booking.id, fillId, given)
    setBusy(false)
    if (done.ok) onRated(done.value)
    else setProblem(done.error)
  }
  return (
    <div role="group" aria-label={words.ticket.rate}>
      <p>{words.ticket.rate}</p>
      <p class="stars">
        {steps.map((n) => (
          <button
            key={n}
            type="button"
            class="chip"
            disabled={busy}
            aria-label={fill(words.ticket.star, { n })}
            onClick={() => void rate(n)}
          >
            {n} ★
          </button>
        ))}
      </p>
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
    </div>
  )
}
