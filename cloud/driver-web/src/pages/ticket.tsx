import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import { grams, kilogramText } from '@baari/shared/units/mass'
import { amountFor, rupeeText } from '@baari/shared/units/money'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { Qr } from '../parts/qr.tsx'
import { OnTheWay } from '../parts/on-the-way.tsx'
import { RetimeOffer } from '../parts/retime-offer.tsx'
import { SayLate } from '../parts/say-late.tsx'
import { Stars } from '../parts/stars.tsx'
import { clockText, codeText, windowText } from '../parts/times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type TicketProps = {
  readonly id: string
  readonly saved: Booking | undefined
  readonly onChange: (booking: Booking) => void
  readonly onAgain: (station: number) => void
}

// The station tells within a second; a phone that asks more often only empties its battery.
const askEveryMs = 10_000

/** QR, code and window: shown from the phone's own copy at once, then brought up to date. */
export function Ticket({ id, saved, onChange, onAgain }: TicketProps): VNode {
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
      } else setProblem(answer.error)
    }
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [id, onChange])

  if (!booking && problem) return <p class="problem">{problemText(words, problem.code)}</p>
  if (!booking) return <div class="skeleton" aria-busy="true" />
  const show = (fresh: Booking): void => {
    setBooking(fresh)
    onChange(fresh)
  }
  return (
    <article class={`ticket ticket-${toneOf[booking.state]}`} data-state={booking.state}>
      <div class="ticket-head">
        <p class="state">{words.ticket.state[booking.state]}</p>
        <h1>{windowText(booking.windowStartMs, booking.windowEndMs)}</h1>
        <p>
          {booking.stationName} - {booking.plate}
        </p>
      </div>
      <RetimeOffer booking={booking} onAnswered={show} />
      {booking.token !== null && <Qr text={booking.token} label="QR" />}
      <div class="ticket-foot">
        <Fills booking={booking} onRated={show} />
        {booking.token !== null && <HowToShow booking={booking} />}
        {closed.has(booking.state) && (
          <button type="button" class="main" onClick={() => onAgain(booking.station)}>
            {fill(words.home.repeat, { station: booking.stationName })}
          </button>
        )}
        <OnTheWay booking={booking} onSaid={show} />
        <SayLate booking={booking} onSaid={show} />
        <Cancel booking={booking} onCancelled={show} />
      </div>
    </article>
  )
}

/** What the state means for the driver: go, wait, or over. */
const toneOf: { readonly [S in Booking['state']]: 'go' | 'wait' | 'over' } = {
  waitlisted: 'wait',
  held: 'wait',
  expiring: 'wait',
  expired: 'over',
  active: 'go',
  confirmed: 'go',
  checked_in: 'go',
  filling: 'go',
  completed: 'go',
  part_filled: 'wait',
  no_show: 'over',
  cancel_pending: 'wait',
  cancelled: 'over',
}

const closed: ReadonlySet<Booking['state']> = new Set([
  'completed',
  'expired',
  'no_show',
  'cancelled',
])

type FillsProps = { readonly booking: Booking; readonly onRated: (booking: Booking) => void }

function Fills({ booking, onRated }: FillsProps): VNode {
  const words = useWords()
  return (
    <>
      {booking.fills.map((each) => (
        <div key={each.atMs}>
          <p class="sale">
            <strong>{fill(words.ticket.kg, { kg: kilogramText(each.grams, 3) })}</strong>
            <strong>{fill(words.ticket.rs, { rs: rupeeText(each.amountPaise) })}</strong>
            <span class="soft">{clockText(each.atMs)}</span>
          </p>
          <Stars booking={booking} of={each} onRated={onRated} />
        </div>
      ))}
    </>
  )
}

function HowToShow({ booking }: { readonly booking: Booking }): VNode {
  const words = useWords()
  return (
    <>
      {booking.leaveByMs !== null && (
        <p>
          <b>{fill(words.ticket.leaveBy, { time: clockText(booking.leaveByMs) })}</b>
        </p>
      )}
      {booking.delayMin > 0 && (
        <p class="notice">
          {fill(words.ticket.delay, {
            min: String(booking.delayMin),
            time: clockText(booking.expiresMs),
          })}
        </p>
      )}
      {booking.expectedGrams !== null && (
        <p class="notice">
          {fill(words.ticket.gas, { kg: kilogramText(booking.expectedGrams, 1) })}
        </p>
      )}
      {booking.code !== null && (
        <p class="code">
          <strong>{codeText(booking.code)}</strong>
          <small>{words.ticket.code}</small>
        </p>
      )}
      <p class="soft">{words.ticket.bright}</p>
      <p>
        {fill(words.ticket.pay, {
          price: rupeeText(amountFor(grams(1000), booking.pricePaisePerKg)),
        })}
      </p>
    </>
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
        <div class="sure">
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
