import type { PublicBoard } from '@baari/shared/contracts/live/public-board'
import type { ShapeKind } from '../parts/shape.tsx'

type Place = PublicBoard['positions'][number]

/** What one position has to say, most binding first. */
export type LaneSays = 'loading' | 'stale' | 'unknown' | 'closed' | Place['state']

export type LaneState = {
  readonly says: LaneSays
  readonly shape: ShapeKind
  /** The one number that is biggest; null when nobody stands or is called here. */
  readonly label: string | null
  readonly staged: string | null
  readonly mode: Place['mode'] | null
}

const shapes: { readonly [S in LaneSays]: ShapeKind } = {
  loading: 'unknown',
  stale: 'unknown',
  unknown: 'unknown',
  closed: 'stop',
  free: 'go',
  called: 'go',
  filling: 'wait',
  out: 'stop',
}

/**
 * The display of one position out of the board everybody sees. A picture that may be old calls
 * nobody: a driver must not come in on a call that was taken back meanwhile.
 */
export function laneState(
  board: PublicBoard | null,
  { position, connected }: { readonly position: number; readonly connected: boolean },
): LaneState {
  const place = board?.positions.find(({ no }) => no === position)
  const says = saysOf(board, place, connected)
  const nobody = { says, shape: shapes[says], label: null, staged: null, mode: null }
  if (place === undefined || says === 'stale' || says === 'closed') return nobody
  const at = place.at?.label ?? null
  const staged = place.staged?.label ?? null
  return {
    ...{ ...nobody, mode: place.mode },
    ...(says === 'called' && { label: at }),
    ...(says === 'filling' && { label: at, staged }),
  }
}

function saysOf(board: PublicBoard | null, place: Place | undefined, connected: boolean): LaneSays {
  if (board === null) return 'loading'
  if (!connected) return 'stale'
  if (place === undefined) return 'unknown'
  return board.open ? place.state : 'closed'
}
