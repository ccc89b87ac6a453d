import type { Booking } from '@baari/shared/contracts/http/cloud-api'
import type { VNode } from 'preact'
import type { Page } from '../page.ts'
import { Stations } from '../parts/stations.tsx'
import { windowText } from '../parts/times.ts'
import { fill, useWords } from '../words/language.ts'

type HomeProps = {
  readonly bookings: readonly Booking[]
  readonly go: (page: Page) => void
}

const live: ReadonlySet<Booking['state']> = new Set([
  'held',
  'active',
  'confirmed',
  'checked_in',
  'filling',
  'part_filled',
  'cancel_pending',
])

/** The ticket first, then the last booking again, then the stations. */
export function Home({ bookings, go }: HomeProps): VNode {
  const words = useWords()
  const open = bookings.filter((each) => live.has(each.state))
  const last = bookings[0]
  const book = (station: number): void => {
    go({ kind: 'book', station })
  }
  return (
    <>
      {open.map((each) => (
        <button
          key={each.id}
          type="button"
          class="card ticket-card"
          onClick={() => go({ kind: 'ticket', id: each.id })}
        >
          <span>{words.home.ticket}</span>
          <strong>{windowText(each.windowStartMs, each.windowEndMs)}</strong>
          <span>{each.stationName}</span>
          <span>
            {each.plate} - {words.ticket.state[each.state]}
          </span>
        </button>
      ))}
      {open.length === 0 && last && (
        <button type="button" class="main" onClick={() => book(last.station)}>
          {fill(words.home.repeat, { station: last.stationName })}
        </button>
      )}
      <Stations title={words.home.stations} onChoose={book} />
      <p class="soft">{words.home.walkIn}</p>
    </>
  )
}
