import type { StationList } from '@baari/shared/contracts/http/cloud-api'
import { grams } from '@baari/shared/units/mass'
import { amountFor, rupeeText } from '@baari/shared/units/money'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { cloudClient, type CloudProblem } from '../api/cloud-client.ts'
import { LiveWait } from './live-wait.tsx'
import { clockText } from './times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type StationsProps = {
  readonly title: string
  /** Left out: the driver has just seen that it is full. */
  readonly except?: number
  readonly onChoose: (station: number) => void
}

type Station = StationList['stations'][number]

// Waits move by the minute; a phone that asks more often only empties its battery.
const askEveryMs = 30_000

/** Stations with what a walk-in waits there now and the next window; asked again while it is seen. */
export function Stations({ title, except, onChoose }: StationsProps): VNode | null {
  const words = useWords()
  const [list, setList] = useState<readonly Station[] | null>(null)
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  useEffect(() => {
    let gone = false
    async function ask(): Promise<void> {
      if (document.hidden) return
      const answer = await cloudClient.stations()
      if (gone) return
      if (answer.ok) {
        setList(answer.value.stations)
        setProblem(null)
      } else setProblem(answer.error)
    }
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [])
  const shown = list?.filter(({ no }) => no !== except)
  if (except !== undefined && shown?.length === 0) return null
  return (
    <section>
      {except === undefined ? <h1>{title}</h1> : <h2>{title}</h2>}
      {problem && (
        <p class="problem" role="status">
          {problemText(words, problem.code)}
        </p>
      )}
      {!shown && !problem && <p class="soft">{words.home.loading}</p>}
      {shown?.length === 0 && <p>{words.home.empty}</p>}
      {shown?.map((station) => (
        <StationCard key={station.no} station={station} onChoose={onChoose} />
      ))}
    </section>
  )
}

type CardProps = { readonly station: Station; readonly onChoose: (station: number) => void }

function StationCard({ station, onChoose }: CardProps): VNode {
  const words = useWords()
  return (
    <button type="button" class="card" onClick={() => onChoose(station.no)}>
      <strong>{station.name}</strong>
      <span>{station.address}</span>
      <LiveWait live={station.live} />
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
  )
}

/** A price per kilogram is said as the amount of one kilogram. */
function asPaise(price: Station['pricePaisePerKg']): Parameters<typeof rupeeText>[0] {
  return amountFor(grams(1000), price)
}
