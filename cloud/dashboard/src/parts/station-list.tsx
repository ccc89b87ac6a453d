import type { StationLink, SyncStations } from '@baari/shared/contracts/http/sync-api'
import type { JSX, ReactNode } from 'react'
import type { Words } from '../words/en.ts'
import { fill, useWords } from '../words/language.ts'
import {
  agoText,
  dayText,
  figuresText,
  linkMark,
  proofMark,
  sameFigures,
  type Mark,
} from './texts.ts'

type Props = {
  readonly stations: SyncStations
  readonly chosen: number | null
  readonly onChoose: (station: number | null) => void
}

/** A card for each station: how far behind it is, and when both sides were last proven equal. */
export function StationList({ stations, chosen, onChoose }: Props): JSX.Element {
  const words = useWords()
  return (
    <section aria-label={words.station}>
      {stations.stations.length === 0 && <p className="soft">{words.noStations}</p>}
      <ul className="stations">
        {stations.stations.map((link) => (
          <li key={link.station} className="card">
            <h2>
              {link.station} · {link.name}
            </h2>
            <Facts link={link} nowMs={stations.nowMs} />
            <Choose link={link} chosen={chosen} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </section>
  )
}

type ChooseProps = Omit<Props, 'stations'> & { readonly link: StationLink }

function Choose({ link, chosen, onChoose }: ChooseProps): JSX.Element {
  const words = useWords()
  const mine = chosen === link.station
  const waiting = link.openConflicts + link.openDeadLetters
  return (
    <button
      type="button"
      aria-pressed={mine}
      onClick={() => onChoose(mine ? null : link.station)}
      className={waiting > 0 ? 'wanted' : undefined}
    >
      {mine ? words.all : fill(words.open, { n: waiting })}
    </button>
  )
}

function Facts({ link, nowMs }: { readonly link: StationLink; readonly nowMs: number }) {
  const words = useWords()
  const { heardAtMs, unsentOps, oldestUnsentMs } = link
  return (
    <dl>
      <Fact label={words.heard} mark={linkMark(link, nowMs)}>
        {heardAtMs === null ? words.never : agoText(words, nowMs - heardAtMs)}
      </Fact>
      <Fact label={words.lag}>
        {(unsentOps ?? 0) === 0 ? words.nothing : fill(words.ops, { n: unsentOps ?? 0 })}
      </Fact>
      <Fact label={words.oldest}>
        {oldestUnsentMs === null ? words.nothing : agoText(words, nowMs - oldestUnsentMs)}
      </Fact>
      <Fact label={words.proof} mark={proofMark(link)}>
        {proofText(words, link, nowMs)}
      </Fact>
      <Fact label={words.day}>{signedText(words, link)}</Fact>
      <Fact label={words.shift}>{shiftText(words, link)}</Fact>
    </dl>
  )
}

type FactProps = {
  readonly label: string
  readonly mark?: Mark
  readonly children: ReactNode
}

/** The mark is a shape too: colour alone says nothing to one in twelve men. */
function Fact({ label, mark, children }: FactProps): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {mark !== undefined && <span className={`mark ${mark}`} aria-hidden="true" />}
        {children}
      </dd>
    </div>
  )
}

function proofText(words: Words, { lastProof }: StationLink, nowMs: number): string {
  if (lastProof === null) return words.noProof
  const { outcome, found, rows, atMs } = lastProof
  const said = fill(words.outcome[outcome], { n: found.length })
  return `${said}, ${fill(words.rows, { n: rows })}, ${agoText(words, nowMs - atMs)}`
}

function signedText(words: Words, { lastDay }: StationLink): string {
  if (lastDay === null) return words.noProof
  const { day, differences } = lastDay
  if (differences === null) return `${dayText(day)}: ${words.dayUnchecked}`
  const said =
    differences.length === 0
      ? words.dayEqual
      : fill(words.dayDiffers, { what: differences.join(', ') })
  return `${dayText(day)}: ${said}`
}

function shiftText(words: Words, { lastShift }: StationLink): string {
  if (lastShift === null) return words.noProof
  const { station, cloud, totalisers } = lastShift
  const [ours, theirs] = [figuresText(words, cloud), figuresText(words, station)]
  const said = sameFigures(lastShift)
    ? theirs
    : fill(words.shiftDiffers, { station: theirs, cloud: ours })
  const meters = totalisers.map(({ position, grams }) => `${position}: ${grams} g`).join(', ')
  return meters === '' ? said : `${said}; ${fill(words.meters, { what: meters })}`
}
