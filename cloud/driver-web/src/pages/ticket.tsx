import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import { grams, kilogramText } from '@baari/shared/units/mass'
import { amountFor, rupeeText } from '@baari/shared/units/money'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { Qr } from '../parts/qr.tsx'
import { clockText, codeText, windowText } from '../parts/times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type TicketProps = {
  readonly id: string
  readonly saved: Booking | undefined
  readonly onChange: (booking: Booking) => void
}

// The station tells within a second; a phone that asks more often only empties its battery.
const askEveryMs = 10_000

/** QR, code and window: shown from the phone's own copy at once, then brought up to date. */
export function Ticket({ id, saved, onChange }: TicketProps): VNode {
  const words = useWords()
  const [booking, setBooking] = useState(saved)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  useEffect(() => {
    let gone = false
    async function ask(): Promise<void> {
      if (document.hidden) return
      const answer = await cloudClient.booking(id)
      if (gone) return
      if (answer.ok) {
        setBooking(answer.value)
        onChange(answer.value)
      } else if (answer.error.code !== 'offline') setProblem(answer.error)
    }
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [id, onChange])

  if (!booking) return <p class="problem">{problem ? problemText(words, problem.code) : ''}</p>
  return (
    <article class="ticket" data-state={booking.state}>
      <p class="state">{words.ticket.state[booking.state]}</p>
      <h1>{windowText(booking.windowStartMs, booking.windowEndMs)}</h1>
      <p>
        {booking.stationName} - {booking.plate}
      </p>
      {booking.token !== null && <Qr text={booking.token} label="QR" />}
      {booking.code !== null && (
        <p class="code">
          <strong>{codeText(booking.code)}</strong>
          <small>{words.ticket.code}</small>
        </p>
      )}
      {booking.token !== null && <p class="soft">{words.ticket.bright}</p>}
      {booking.fills.map((each) => (
        <p key={each.atMs} class="sale">
          {clockText(each.atMs)}{' '}
          {fill(words.ticket.filled, {
            kg: kilogramText(each.grams, 3),
            rs: rupeeText(each.amountPaise),
          })}
        </p>
      ))}
      <p>
        {fill(words.ticket.pay, {
          price: rupeeText(amountFor(grams(1000), booking.pricePaisePerKg)),
        })}
      </p>
      <Cancel
        booking={booking}
        onCancelled={(fresh) => {
          setBooking(fresh)
          onChange(fresh)
        }}
      />
    </article>
  )
}

type CancelProps = { readonly booking: Booking; readonly onCancelled: (booking: Booking) => void }

const cancellable: ReadonlySet<Booking['state']> = new Set(['held', 'active', 'confirmed'])

function Cancel({ booking, onCancelled }: CancelProps): VNode | null {
  const words = useWords()
  const [sure, setSure] = useState(false)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  if (!cancellable.has(booking.state)) return null
  async function cancel(): Promise<void> {
    const answer = await cloudClient.cancel(booking.id)
    if (answer.ok) onCancelled(answer.value)
    else setProblem(answer.error)
  }
  return (
    <div>
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
      {sure ? (
        <div class="row">
          <p>{words.ticket.cancelSure}</p>
          <button type="button" class="chip" onClick={() => void cancel()}>
            {words.ticket.yes}
          </button>
          <button type="button" class="chip" onClick={() => setSure(false)}>
            {words.ticket.no}
          </button>
        </div>
      ) : (
        <button type="button" class="chip" onClick={() => setSure(true)}>
          {words.ticket.cancel}
        </button>
      )}
    </div>
  )
}
