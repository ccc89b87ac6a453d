import { publicBoard, type PublicBoard } from '@baari/shared/contracts/live/public-board'
import { instant } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { laneState } from '../src/lane-display/lane-state.ts'
import { laneWords } from '../src/lane-display/words.ts'

const w = (label: string) => ({ label, kind: 'walk-in' as const })

/** A busy station of four positions, as the node sends it. */
const board: PublicBoard = publicBoard.parse({
  atMs: instant(1_764_500_000_000),
  station: 'Vastrapur CNG',
  open: true,
  called: [{ ...w('W-57'), position: 1, atMs: 1_764_499_990_000 }],
  positions: [
    { no: 1, state: 'called', mode: 'booked', at: w('W-57'), staged: null },
    { no: 2, state: 'filling', mode: 'walk-in', at: w('W-50'), staged: w('W-58') },
    { no: 3, state: 'free', mode: 'mixed', at: null, staged: null },
    { no: 4, state: 'out', mode: 'closed', at: null, staged: null },
  ],
  next: [w('W-59')],
  waiting: { booked: 0, walkIns: 3 },
  walkInWait: null,
  limit: 2,
  gas: 'good',
})
const live = (position: number) => laneState(board, { position, connected: true })

describe('the display of one position', () => {
  it('shows who is called here, large, as go', () => {
    expect(live(1)).toEqual({
      ...{ says: 'called', shape: 'go', label: 'W-57', staged: null, mode: 'booked' },
    })
  })

  it('shows who is filled and who waits behind', () => {
    expect(live(2)).toMatchObject({ says: 'filling', shape: 'wait', label: 'W-50', staged: 'W-58' })
  })

  it('a free and a closed position name nobody', () => {
    expect(live(3)).toMatchObject({ says: 'free', label: null, mode: 'mixed' })
    expect(live(4)).toMatchObject({ says: 'out', shape: 'stop', label: null, mode: 'closed' })
  })

  it('a picture that may be old calls nobody and is shown as unknown', () => {
    const stale = laneState(board, { position: 1, connected: false })
    expect(stale).toEqual({
      ...{ says: 'stale', shape: 'unknown', label: null, staged: null, mode: null },
    })
  })

  it('says when the station is closed, has no such position, or has told nothing yet', () => {
    const shut = laneState({ ...board, open: false }, { position: 1, connected: true })
    expect(shut).toMatchObject({ says: 'closed', shape: 'stop', label: null })
    expect(live(9)).toMatchObject({ says: 'unknown', label: null })
    expect(laneState(null, { position: 1, connected: false }).says).toBe('loading')
  })

  it('every language names what the English sentence names', () => {
    const names = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(([name]) => name).sort()
    for (const words of Object.values(laneWords))
      for (const [key, text] of Object.entries(laneWords.en))
        expect(names(words[key as keyof typeof words])).toEqual(names(text))
  })
})
