import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { clockText } from './times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type LateProps = { readonly booking: Booking; readonly onSaid: (booking: Booking) => void }

const waiting: ReadonlySet<Booking['state']> = new Set(['active', 'confirmed'])
/** Minutes after the window's start that can be said with one tap. */
const steps = [20, 30, 45] as const

/** *Running late*: then the minutes; the cloud answers with a later window or keeps the ticket longer. */
export function SayLate({ booking, onSaid }: LateProps): VNode | null {
  const words = useWords()
  const [open, setOpen] = useState(false)
  const [kept, setKept] = useState<number | null>(null)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  if (!waiting.has(booking.state) || booking.retime !== null) return null
  async function say(minutes: number): Promise<void> {
    const done = await cloudClient.late(booking.id, minutes)
    if (!done.ok) return setProblem(done.error)
    setOpen(false)
    if (done.value.retime === null) setKept(done.value.expiresMs)
    onSaid(done.value)
  }
  return (
    <div class="late">
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
      {kept !== null && <p>{fill(words.ticket.lateKept, { time: clockText(kept) })}</p>}
      {open ? (
        <div class="sure">
          {steps.map((minutes) => (
            <button key={minutes} type="button" class="chip" onClick={() => void say(minutes)}>
              {fill(words.ticket.lateBy, { min: minutes })}
            </button>
          ))}
        </div>
      ) : (
        <button type="button" class="chip" onClick={() => setOpen(true)}>
          {words.ticket.late}
        </button>
      )}
    </div>
  )
}
