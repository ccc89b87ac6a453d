import type { Booking, Driver, Vehicle, WindowList } from '@baari/shared/contracts/http/cloud-api'
import type { VehicleClass } from '@baari/shared/units/names'
import type { VNode } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { cloudClient, newKey, type CloudProblem } from '../api/cloud-client.ts'
import type { Page } from '../page.ts'
import { Lot } from '../parts/lot.tsx'
import { Expected, Quantity } from '../parts/quantity.tsx'
import { Suggestions } from '../parts/suggestions.tsx'
import { Stations } from '../parts/stations.tsx'
import { clockText, isSameIstDay, windowText } from '../parts/times.ts'
import { fill, problemText, useWords } from '../words/language.ts'
import { VehicleForm } from './vehicle-form.tsx'

type BookProps = {
  readonly station: number
  readonly driver: Driver
  readonly onDriver: (driver: Driver) => void
  readonly onBooked: (booking: Booking) => void
  readonly go: (page: Page) => void
}

/** A class's usual fill (hardware.md section 9), preset so that most drivers change nothing. */
const usualGrams: { readonly [C in VehicleClass]: number } = {
  auto: 4000,
  car: 8000,
  lcv: 12_000,
  bus: 60_000,
}
const stepGrams: { readonly [C in VehicleClass]: number } = {
  auto: 500,
  car: 1000,
  lcv: 1000,
  bus: 5000,
}

/** Vehicle and quantity are preset; the driver taps a window and confirms. */
export function Book({ station, driver, onDriver, onBooked, go }: BookProps): VNode {
  const words = useWords()
  const [adding, setAdding] = useState(false)
  const [chosen, setChosen] = useState<string | null>(null)
  const vehicle = driver.vehicles.find((each) => each.id === chosen) ?? driver.vehicles[0]
  if (adding || !vehicle) {
    return (
      <VehicleForm
        onSaved={(saved) => {
          onDriver({ ...driver, vehicles: [...driver.vehicles, saved] })
          setChosen(saved.id)
          setAdding(false)
        }}
      />
    )
  }
  return (
    <>
      <h1>{words.book.title}</h1>
      <p class="row chips">
        {driver.vehicles.map((each) => (
          <button
            key={each.id}
            type="button"
            class="chip"
            aria-pressed={each.id === vehicle.id}
            onClick={() => setChosen(each.id)}
          >
            {each.plate}
          </button>
        ))}
        <button type="button" class="chip" onClick={() => setAdding(true)}>
          {words.book.addVehicle}
        </button>
      </p>
      <ChooseWindow
        key={vehicle.id}
        station={station}
        vehicle={vehicle}
        onBooked={onBooked}
        go={go}
      />
    </>
  )
}

type ChooseProps = {
  readonly station: number
  readonly vehicle: Vehicle
  readonly onBooked: (booking: Booking) => void
  readonly go: (page: Page) => void
}

function ChooseWindow({ station, vehicle, onBooked, go }: ChooseProps): VNode {
  const words = useWords()
  const [list, setList] = useState<WindowList['windows'] | null>(null)
  const [lent, setLent] = useState(true)
  const [percent, setPercent] = useState<number | null>(null)
  const [start, setStart] = useState<number | null>(null)
  const [mass, setMass] = useState(usualGrams[vehicle.vehicleClass])
  const [problem, setProblem] = useState<CloudProblem | null>(null)
  const [busy, setBusy] = useState(false)
  const [wished, setWished] = useState<number | null>(null)
  const intentRef = useRef({ key: newKey(), of: '' })

  const load = useCallback(async (): Promise<void> => {
    const answer = await cloudClient.windows(station, vehicle.vehicleClass)
    if (answer.ok) {
      setList(answer.value.windows)
      setLent(answer.value.lent)
      setPercent(answer.value.fillPercent)
    } else setProblem(answer.error)
  }, [station, vehicle.vehicleClass])
  useEffect(() => void load(), [load])

  async function confirm(windowStartMs: number): Promise<void> {
    const of = `${windowStartMs} ${mass}`
    if (intentRef.current.of !== of) intentRef.current = { key: newKey(), of }
    setBusy(true)
    const body = { station, windowStartMs, vehicle: vehicle.id, grams: mass }
    const answer = await cloudClient.book(body, intentRef.current.key)
    setBusy(false)
    if (answer.ok) {
      onBooked(answer.value)
      go({ kind: 'ticket', id: answer.value.id })
      return
    }
    setProblem(answer.error)
    if (answer.error.code !== 'offline') {
      intentRef.current = { key: newKey(), of: '' }
      setStart(null)
      if (answer.error.code === 'window_full') setWished(windowStartMs)
      void load()
    }
  }

  const none = list?.every((each) => each.state === 'full') === true
  if (!lent || none) {
    const book = (other: number): void => go({ kind: 'book', station: other })
    return <NothingFree lent={lent} station={station} onChoose={book} />
  }
  return (
    <>
      <Quantity mass={mass} step={stepGrams[vehicle.vehicleClass]} onChange={setMass} />
      <Expected mass={mass} percent={percent} />
      <Suggestions
        station={station}
        vehicle={vehicle.id}
        wished={wished}
        start={start}
        onChoose={setStart}
        onStation={(other) => go({ kind: 'book', station: other })}
      />
      <Lot station={station} vehicle={vehicle.id} mass={mass} />
      <h2>{words.book.suggest.all}</h2>
      <Windows windows={list} start={start} onChoose={setStart} />
      <ConfirmBar problem={problem} start={start} busy={busy} onConfirm={confirm} />
    </>
  )
}

type ConfirmProps = {
  readonly problem: CloudProblem | null
  readonly start: number | null
  readonly busy: boolean
  readonly onConfirm: (start: number) => Promise<void>
}

/** What went wrong, and the one button that books. */
function ConfirmBar({ problem, start, busy, onConfirm }: ConfirmProps): VNode {
  const words = useWords()
  return (
    <div class="bottom">
      <p class="problem" role="status">
        {problem ? problemText(words, problem.code) : ''}
        {problem && problem.alternatives.length > 0
          ? ` ${words.book.alternatives} ${problem.alternatives.map(clockText).join(', ')}`
          : ''}
      </p>
      <button
        class="main"
        type="button"
        disabled={start === null || busy}
        onClick={() => start !== null && void onConfirm(start)}
      >
        {start === null ? words.book.choose : fill(words.book.confirm, { time: clockText(start) })}
      </button>
    </div>
  )
}

type NothingProps = {
  readonly lent: boolean
  readonly station: number
  readonly onChoose: (station: number) => void
}

/** No window here: why, and where there is one. */
function NothingFree({ lent, station, onChoose }: NothingProps): VNode {
  const words = useWords()
  return (
    <>
      <p>{lent ? words.book.none : words.book.notLent}</p>
      <Stations title={words.home.others} except={station} onChoose={onChoose} />
    </>
  )
}

type WindowsProps = {
  readonly windows: WindowList['windows'] | null
  readonly start: number | null
  readonly onChoose: (start: number) => void
}

function Windows({ windows, start, onChoose }: WindowsProps): VNode {
  const words = useWords()
  if (!windows) return <div class="skeleton" aria-busy="true" />
  const free = windows.filter((each) => each.state !== 'full')
  const first = free[0]?.startMs ?? 0
  const today = free.filter((each) => isSameIstDay(each.startMs, first))
  const later = free.filter((each) => !isSameIstDay(each.startMs, first))
  return (
    <section class="windows" aria-label={words.book.windows}>
      <WindowChips windows={today} start={start} onChoose={onChoose} />
      {later.length > 0 && <h2>{words.book.tomorrow}</h2>}
      <WindowChips windows={later} start={start} onChoose={onChoose} />
    </section>
  )
}

function WindowChips({ windows, start, onChoose }: WindowsProps): VNode {
  const words = useWords()
  return (
    <div class="grid">
      {windows?.map((each) => (
        <button
          key={each.startMs}
          type="button"
          class="chip window"
          aria-pressed={each.startMs === start}
          onClick={() => onChoose(each.startMs)}
        >
          <strong>{windowText(each.startMs, each.endMs)}</strong>
          {each.state === 'few' && <small>{words.book.few}</small>}
          {each.expectedWaitMin !== null && (
            <small>{fill(words.book.wait, { min: each.expectedWaitMin })}</small>
          )}
        </button>
      ))}
    </div>
  )
}
