import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import { kilogramText } from '@baari/shared/units/mass'
import type { JSX } from 'react'
import { clockText, wholeMinutes } from '../parts/texts.ts'
import { useFollowedBoard } from './follow-board.ts'
import { useTurn } from './use-turn.ts'
import { boardWords, filled, type BoardLanguage, type BoardWords } from './words.ts'

/** More numbers of this size do not fit; the newest stand first. */
const calledShown = 4

/** The board for everybody in line (screens.md section 3): numbers, where to go, wait and rule. */
export function PublicBoardScreen({ languages }: { readonly languages: readonly BoardLanguage[] }) {
  const { board, connected } = useFollowedBoard()
  const language = useTurn(languages)
  const words = boardWords[language]
  if (board === null) return <main className="public skeleton">{words.loading}</main>
  return (
    <main className="public">
      <header>
        <h1>{board.station}</h1>
        <strong className="number">{clockText(board.atMs)}</strong>
      </header>
      {!connected && (
        <p className="public-note">{filled(words.stale, { time: clockText(board.atMs) })}</p>
      )}
      {board.open ? <Open board={board} words={words} /> : <Closed words={words} />}
    </main>
  )
}

function Closed({ words }: { readonly words: BoardWords }): JSX.Element {
  return <p className="public-closed">{words.closed}</p>
}

type OpenProps = { readonly board: PublicBoard; readonly words: BoardWords }

function Open({ board, words }: OpenProps): JSX.Element {
  return (
    <>
      <section className="public-called" aria-live="polite">
        <h2>{words.now}</h2>
        {board.called.length === 0 && <p>{words.nobody}</p>}
        <ol>
          {board.called.slice(0, calledShown).map((one) => (
            <li key={`${one.label} ${one.atMs}`}>
              <strong className="number">{one.label}</strong>
              <span className="public-go">
                <svg viewBox="0 0 100 100" aria-hidden="true">
                  <circle cx="50" cy="50" r="48" />
                  <text x="50" y="54" textAnchor="middle" dominantBaseline="middle">
                    {one.position}
                  </text>
                </svg>
                <span>{filled(words.go, { position: one.position })}</span>
              </span>
            </li>
          ))}
        </ol>
      </section>
      <section className="public-next">
        <h2>{words.next}</h2>
        {board.next.length === 0 && <p>{words.nextNobody}</p>}
        <ol>
          {board.next.map(({ label, kind }) => (
            <li key={label}>
              <strong className="number">{label}</strong>
              {kind === 'booked' && <span>{words.booked}</span>}
            </li>
          ))}
        </ol>
      </section>
      <footer>
        <p className="public-wait">
          {board.cutUntilMs === null
            ? waitText(board, words)
            : filled(words.noGas, { time: clockText(board.cutUntilMs) })}
        </p>
        <p>{board.limit === 1 ? words.rule1 : words.rule2}</p>
        {board.cutUntilMs === null && board.gas === 'low' && (
          <p className="public-note">{gasText(board, words)}</p>
        )}
      </footer>
    </>
  )
}

/** How many kilograms a low pressure means. */
function gasText({ expected }: PublicBoard, words: BoardWords): string {
  if (expected.length === 0) return words.gasLow
  const kg = expected.map((one) => [one.vehicleClass, kilogramText(one.grams, 1)])
  return filled(words.gasExpect, Object.fromEntries(kg))
}

function waitText({ walkInWait, waiting }: PublicBoard, words: BoardWords): string {
  if (walkInWait === null) return words.waitUnknown
  const a = Math.max(1, wholeMinutes(walkInWait.medianMs))
  const b = Math.max(a + 1, wholeMinutes(walkInWait.p90Ms))
  return `${filled(words.wait, { a, b })} · ${filled(words.waiting, waiting)}`
}
