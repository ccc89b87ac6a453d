import type { Recommendations } from '@baari/shared/contracts/http/recommend-api'
import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { cloudClient } from '../api/cloud-client.ts'
import { mayUsePlace, rememberConsent, whereabouts } from '../api/whereabouts.ts'
import { fill, useWords } from '../words/language.ts'
import { windowText } from './times.ts'

type Slot = Recommendations['slots'][number]

type SuggestionsProps = {
  readonly station: number
  readonly vehicle: string
  /** The window that was wished and is full. */
  readonly wished: number | null
  readonly start: number | null
  readonly onChoose: (start: number) => void
  readonly onStation: (station: number) => void
}

/** The best slots first, each with its reason; nothing where the cloud recommends nothing. */
export function Suggestions(props: SuggestionsProps): VNode {
  const words = useWords()
  const { station, vehicle, wished, start, onChoose, onStation } = props
  const [near, setNear] = useState(mayUsePlace)
  const [noPlace, setNoPlace] = useState(false)
  const [slots, setSlots] = useState<readonly Slot[]>([])
  useEffect(() => {
    let gone = false
    async function ask(): Promise<void> {
      const cell = near ? await whereabouts() : undefined
      if (gone) return
      setNoPlace(near && cell === undefined)
      const body = { station, vehicle, ...(wished !== null && { wishedMs: wished }) }
      const answer = await cloudClient.recommend({ ...body, ...(cell !== undefined && { cell }) })
      if (!gone && answer.ok) setSlots(answer.value.slots)
    }
    void ask()
    return () => {
      gone = true
    }
  }, [station, vehicle, wished, near])

  const own = slots.filter((slot) => slot.station === station)
  const others = slots.filter((slot) => slot.station !== station)
  return (
    <>
      {own.length > 0 && <h2>{words.book.suggest.title}</h2>}
      <div class="suggested">
        {own.map((slot) => (
          <button
            key={slot.startMs}
            type="button"
            class="chip suggestion"
            aria-pressed={slot.startMs === start}
            onClick={() => onChoose(slot.startMs)}
          >
            <strong>{windowText(slot.startMs, slot.endMs)}</strong>
            <small>{whyText(words, slot)}</small>
          </button>
        ))}
      </div>
      {others.length > 0 && <h2>{words.book.suggest.elsewhere}</h2>}
      {others.map((slot) => (
        <button
          key={slot.station}
          type="button"
          class="card"
          onClick={() => onStation(slot.station)}
        >
          <strong>{slot.stationName}</strong>
          <span>{windowText(slot.startMs, slot.endMs)}</span>
          <span>{wayText(words, slot)}</span>
          <span class="soft">{whyText(words, slot)}</span>
        </button>
      ))}
      <Near
        near={near}
        noPlace={noPlace}
        onChange={(given) => {
          rememberConsent(given)
          setNear(given)
        }}
      />
    </>
  )
}

type NearProps = {
  readonly near: boolean
  readonly noPlace: boolean
  readonly onChange: (given: boolean) => void
}

/** The driver's consent to a rough place, given and taken back with one tap. */
function Near({ near, noPlace, onChange }: NearProps): VNode {
  const { suggest } = useWords().book
  return (
    <p class="near">
      <button type="button" class="link" onClick={() => onChange(!near)}>
        {near ? suggest.nearOff : suggest.near}
      </button>
      <span class="soft">{noPlace ? suggest.nearNone : suggest.nearWhy}</span>
    </p>
  )
}

type Words = ReturnType<typeof useWords>

function whyText({ book: { suggest } }: Words, { reasons }: Slot): string {
  return reasons.map((reason) => suggest.reason[reason]).join(' - ')
}

function wayText({ book: { suggest } }: Words, { eta, wait }: Slot): string {
  const parts = [
    eta !== null && fill(suggest.eta, { min: eta.medianMin }),
    wait !== null && fill(suggest.wait, { min: wait.medianMin }),
  ]
  return parts.filter((part) => part !== false).join(' - ')
}
