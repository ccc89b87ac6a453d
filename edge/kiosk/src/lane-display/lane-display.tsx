import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import type { JSX } from 'react'
import { Shape } from '../parts/shape.tsx'
import { clockText } from '../parts/texts.ts'
import { useFollowedBoard } from '../public-board/follow-board.ts'
import { useTurn } from '../public-board/use-turn.ts'
import { filled, type BoardLanguage } from '../public-board/words.ts'
import { laneState, type LaneState } from './lane-state.ts'
import { laneWords, type LaneWords } from './words.ts'

type LaneProps = { readonly position: number; readonly languages: readonly BoardLanguage[] }

/**
 * The small screen at one position, read from the wheel: whose turn it is here, who stands behind,
 * what to do, and which vehicles the lane is signed for.
 */
export function LaneDisplay({ position, languages }: LaneProps): JSX.Element {
  const { board, connected } = useFollowedBoard()
  const words = laneWords[useTurn(languages)]
  const state = laneState(board, { position, connected })
  return (
    <main className="lane" data-says={state.says}>
      <header>
        <span>{board?.station}</span>
        <strong>{state.mode !== null && modeText(state.mode, words)}</strong>
        {board !== null && state.says !== 'stale' && (
          <span className="number">{clockText(board.atMs)}</span>
        )}
      </header>
      <section aria-live="polite">
        <Shape kind={state.shape} text={String(position)} />
        <div>
          {state.label !== null && <strong className="lane-label number">{state.label}</strong>}
          <p className={state.label === null ? 'lane-alone' : 'lane-do'}>
            {sentence(state, { position, board, words })}
          </p>
        </div>
      </section>
      {state.staged !== null && (
        <footer className="number">{filled(words.staged, { label: state.staged })}</footer>
      )}
    </main>
  )
}

type SentenceFacts = {
  readonly position: number
  readonly board: PublicBoard | null
  readonly words: LaneWords
}

function sentence({ says }: LaneState, { position, board, words }: SentenceFacts): string {
  return filled(words[says], {
    position,
    positions: (board?.positions ?? []).map(({ no }) => no).join(', '),
    time: board === null ? '' : clockText(board.atMs),
  })
}

function modeText(mode: NonNullable<LaneState['mode']>, words: LaneWords): string {
  switch (mode) {
    case 'booked':
      return words.booked
    case 'walk-in':
      return words.walkIn
    case 'mixed':
      return words.mixed
    case 'closed':
      return words.shut
  }
}
