import type { LiveStation } from '@baari/shared/contracts/http/live-api'
import type { JSX, ReactNode } from 'react'
import type { Words } from '../words/en.ts'
import { fill, useWords } from '../words/language.ts'
import {
  ageText,
  latePlaces,
  positionMark,
  promiseMark,
  promiseText,
  stateText,
} from './live-texts.ts'
import { clockText, type Mark } from './texts.ts'

type Props = { readonly live: LiveStation; readonly nowMs: number }

/** One station: link, positions, line, wait and promise; greyed when it is not heard. */
export function LiveCard({ live, nowMs }: Props): JSX.Element {
  const words = useWords()
  const never = live.heardAtMs === null
  return (
    <li className={live.stale ? 'card stale' : 'card'} data-station={live.station}>
      <h3>
        {live.station} · {live.name}
      </h3>
      {live.stale && (
        <p className="old">
          {never ? words.live.neverHeard : notHeard(words, live.heardAtMs ?? 0, nowMs)}
        </p>
      )}
      {live.delayMin > 0 && <p>{fill(words.live.delay, { n: live.delayMin })}</p>}
      <Positions positions={live.positions} />
      {!never && <Facts live={live} nowMs={nowMs} />}
      {live.alarmsMore && <p className="soft">{words.live.andMore}</p>}
    </li>
  )
}

function notHeard(words: Words, heardAtMs: number, nowMs: number): string {
  const age = ageText(words, nowMs - heardAtMs)
  return fill(words.live.notHeard, { age, time: clockText(heardAtMs) })
}

function Positions({ positions }: Pick<LiveStation, 'positions'>): JSX.Element {
  const { live, ...words } = useWords()
  if (positions.length === 0) {
    return (
      <p className="soft">
        {live.positions}: {live.noPositions}
      </p>
    )
  }
  return (
    <ol className="positions" aria-label={live.positions}>
      {positions.map(({ no, state, fault, mode }) => (
        <li key={no} title={fault ?? undefined}>
          <b>{no}</b>
          <span>
            <span className={`mark ${positionMark(state)}`} aria-hidden="true" />
            {stateText({ live, ...words }, state)}
          </span>
          {mode !== null && <span className="soft">{live.mode[mode]}</span>}
        </li>
      ))}
    </ol>
  )
}

function Facts({ live, nowMs }: Props): JSX.Element {
  const words = useWords()
  const { wait, risk, gas } = live
  const late = risk === null ? '' : latePlaces(words, risk)
  // Nobody knows how long somebody has waited since the station fell silent.
  const toldAt = live.stale ? (live.heardAtMs ?? nowMs) : nowMs
  return (
    <dl>
      <Fact name={words.live.line}>{lineText(words, live, toldAt)}</Fact>
      <Fact name={words.live.wait}>
        {wait === null
          ? words.live.unknown
          : fill(words.live.waitNow, { median: wait.medianMin, p90: wait.p90Min })}
      </Fact>
      <Fact name={words.live.promise} mark={promiseMark(risk)}>
        {promiseText(words, risk)}
        {late !== '' && (
          <>
            <br />
            <span className="soft">{fill(words.live.windows, { list: late })}</span>
          </>
        )}
      </Fact>
      {gas !== null && <Fact name={words.live.gas}>{gasText(words, gas)}</Fact>}
      <Fact name={words.live.link} mark={live.stale ? 'wait' : 'good'}>
        {linkText(words, live, nowMs)}
      </Fact>
    </dl>
  )
}

type FactProps = { readonly name: string; readonly mark?: Mark; readonly children: ReactNode }

function Fact({ name, mark, children }: FactProps): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {mark !== undefined && <span className={`mark ${mark}`} aria-hidden="true" />}
        {children}
      </dd>
    </div>
  )
}

function lineText(words: Words, { queue, oldestWalkInMs }: LiveStation, nowMs: number): string {
  if (queue === null) return words.live.unknown
  if (queue.booked + queue.walkIns + queue.standby === 0) return words.live.empty
  const line = fill(words.live.lineNow, queue)
  if (oldestWalkInMs === null) return line
  return `${line}; ${fill(words.live.oldest, { age: ageText(words, nowMs - oldestWalkInMs) })}`
}

function gasText(words: Words, { bankMbar, vehiclesPerHour }: NonNullable<LiveStation['gas']>) {
  const bar = bankMbar === null ? '–' : Math.floor(bankMbar / 1_000)
  if (vehiclesPerHour === null) return fill(words.live.gasBar, { bar })
  return fill(words.live.gasNow, { bar, n: vehiclesPerHour })
}

function linkText(words: Words, live: LiveStation, nowMs: number): string {
  const { heardAtMs, unsentOps, oldestUnsentMs } = live
  const heard = fill(words.live.linkUp, { age: ageText(words, nowMs - (heardAtMs ?? nowMs)) })
  if (unsentOps === null || unsentOps === 0) return `${heard}; ${words.live.sent}`
  const age = ageText(words, nowMs - (oldestUnsentMs ?? nowMs))
  return `${heard}; ${fill(words.live.toSend, { n: unsentOps, age })}`
}
