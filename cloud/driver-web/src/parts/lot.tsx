import { takesEntries } from '@baari/shared/domain/slots/lottery'
import { drawAt, lotHour } from '@baari/shared/domain/slots/rolling-share'
import { horizon, windowLength } from '@baari/shared/domain/slots/windows'
import { hours, instant, type Instant } from '@baari/shared/units/time'
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { cloudClient, newKey, type CloudProblem } from '../api/cloud-client.ts'
import { keepLot, savedLots, type SavedLot } from '../api/saved-lots.ts'
import { clockText, windowText } from './times.ts'
import { fill, problemText, useWords } from '../words/language.ts'

type LotProps = {
  readonly station: number
  readonly vehicle: string
  readonly mass: number
}

/**
 * The lot of tomorrow's peak hour, while entries to it are taken, and what became of this vehicle's
 * entry. Nothing at other times: whoever wants a window then books one.
 */
export function Lot({ station, vehicle, mass }: LotProps): VNode | null {
  // As of when the page was opened: a lot that closes meanwhile refuses with its own words.
  const [seen, setSeen] = useState(() => lotsSeen(instant(Date.now())))
  const own = seen.own.find((each) => each.station === station && each.vehicle === vehicle)
  if (own) return <Entered lot={own} />
  const { hour } = seen
  if (hour === undefined) return null
  const onEntered = (lot: SavedLot): void => {
    const now = instant(Date.now())
    keepLot(lot, now)
    setSeen({ hour, own: [lot, ...seen.own] })
  }
  return <Enter {...{ station, vehicle, mass, hour, onEntered }} />
}

type LotsSeen = { readonly hour: Instant | undefined; readonly own: readonly SavedLot[] }

function lotsSeen(now: Instant): LotsSeen {
  return { hour: openLot(now), own: savedLots(now) }
}

/** The peak hour whose lot takes entries now: the one that has just come within a day. */
function openLot(now: Instant): Instant | undefined {
  const hour = lotHour(instant(now + horizon))
  return takesEntries(hour, now) ? hour : undefined
}

type EnterProps = LotProps & {
  readonly hour: Instant
  readonly onEntered: (lot: SavedLot) => void
}

function Enter({ station, vehicle, mass, hour, onEntered }: EnterProps): VNode {
  const words = useWords()
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const [busy, setBusy] = useState(false)
  const keyRef = useRef(newKey())

  async function enter(windowStartMs: Instant): Promise<void> {
    setBusy(true)
    const body = { station, windowStartMs, vehicle, grams: mass }
    const answer = await cloudClient.enterLot(body, keyRef.current)
    setBusy(false)
    if (answer.ok) {
      const { id, hourMs, drawAtMs } = answer.value
      onEntered({ id, station, vehicle, windowStartMs, hourMs, drawAtMs })
      return
    }
    if (answer.error.code !== 'offline') keyRef.current = newKey()
    setProblem(answer.error)
  }

  const windows = Array.from({ length: hours(1) / windowLength }, (_, n) =>
    instant(hour + n * windowLength),
  )
  const span = windowText(hour, hour + hours(1))
  return (
    <details class="lot">
      <summary>{fill(words.lot.title, { hour: span })}</summary>
      <p class="soft">{fill(words.lot.why, { time: clockText(drawAt(hour)) })}</p>
      <div class="grid">
        {windows.map((start) => (
          <button
            key={start}
            type="button"
            class="chip draw"
            disabled={busy}
            onClick={() => void enter(start)}
          >
            <strong>{windowText(start, start + windowLength)}</strong>
            <small>{words.lot.enter}</small>
          </button>
        ))}
      </div>
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
      </p>
    </details>
  )
}

type Outcome = 'waits' | 'won' | 'lost' | 'refused'

function Entered({ lot }: { readonly lot: SavedLot }): VNode {
  const words = useWords()
  const outcome = useOutcome(lot)
  const window = windowText(lot.windowStartMs, lot.windowStartMs + windowLength)
  return (
    <section class="lot" data-outcome={outcome}>
      <h2>{fill(words.lot.entered, { window })}</h2>
      <p class="notice">{fill(words.lot.outcome[outcome], { time: clockText(lot.drawAtMs) })}</p>
    </section>
  )
}

/** The draw is once a day; a phone that asks more often only empties its battery. */
const askEveryMs = 30_000

/** Asked only once the draw is due; the list is public and names entries by their number. */
function useOutcome({ id, station, hourMs, drawAtMs }: SavedLot): Outcome {
  const [outcome, setOutcome] = useState<Outcome>('waits')
  useEffect(() => {
    let gone = false
    async function ask(): Promise<void> {
      if (document.hidden || Date.now() < drawAtMs) return
      const answer = await cloudClient.lot(station, hourMs)
      if (gone || !answer.ok) return
      const result = answer.value.entries.find((each) => each.id === id)?.result ?? null
      if (result !== null) setOutcome(result)
    }
    void ask()
    const timer = setInterval(() => void ask(), askEveryMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [id, station, hourMs, drawAtMs])
  return outcome
}
