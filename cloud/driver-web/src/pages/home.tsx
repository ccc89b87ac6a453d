import type { Booking, StationList } from '@baari/shared/contracts/http/cloud-api'
import { grams } from '@baari/shared/units/mass'
import { amountFor, rupeeText } from '@baari/shared/units/money'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import type { Page } from '../page.ts'
import { clockText, windowText } from '../parts/times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

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
      <Stations onChoose={book} />
      <p class="soft">{words.home.walkIn}</p>
    </>
  )
}

function Stations({ onChoose }: { readonly onChoose: (station: number) => void }): VNode {
  const words = useWords()
  const [list, setList] = useState<StationList['stations'] | null>(null)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  useEffect(() => {
    void cloudClient.stations().then((answer) => {
      if (answer.ok) setList(answer.value.stations)
      else setProblem(answer.error)
    })
  }, [])
  return (
    <section>
      <h1>{words.home.stations}</h1>
      {problem && (
        <p class="problem" role="status">
          {problemText(words, problem.code)}
        </p>
      )}
      {!list && !problem && <p class="soft">{words.home.loading}</p>}
      {list?.length === 0 && <p>{words.home.empty}</p>}
      {list?.map((station) => (
        <button key={station.no} type="button" class="card" onClick={() => onChoose(station.no)}>
          <strong>{station.name}</strong>
          <span>{station.address}</span>
          <span class="row">
            <b>
              {station.nextFreeMs === null
                ? words.home.full
                : fill(words.home.next, { time: clockText(station.nextFreeMs) })}
            </b>
            <span>
              {fill(words.home.price, { price: rupeeText(asPaise(station.pricePaisePerKg)) })}
            </span>
          </span>
        </button>
      ))}
    </section>
  )
}

/** A price per kilogram is said as the amount of one kilogram. */
function asPaise(
  price: StationList['stations'][number]['pricePaisePerKg'],
): Parameters<typeof rupeeText>[0] {
  return amountFor(grams(1000), price)
}
