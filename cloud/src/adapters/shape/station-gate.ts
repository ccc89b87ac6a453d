import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { StationSession } from '../../ports/station-sessions.ts'
import type { GatedShape } from './shape-definition.ts'

export type GateNo = { readonly kind: 'blank' } | { readonly kind: 'forbidden' }

const stationColumn = 'station_no'
/** Whatever asks for a part of the shape at will would let a station choose its rows. */
const subsetPrefix = 'subset__'

/**
 * Pins table, columns, where and params from the credential (sync.md 6.1). What the request says
 * about them is not read; a subset is refused.
 */
export function stationGate(
  query: URLSearchParams,
  session: StationSession,
): Result<GatedShape, GateNo> {
  const asked = query.get('table')
  if (asked === null || asked === '') return err({ kind: 'blank' })
  const name = stationTable(asked)
  if (name === undefined || [...query.keys()].some((key) => key.startsWith(subsetPrefix))) {
    return err({ kind: 'forbidden' })
  }
  const columns = Object.keys(stationShapes[name].shape)
  const own = columns.includes(stationColumn)
  return ok({
    definition: {
      schema: 'public',
      table: name,
      columns,
      where: own ? `${stationColumn} = $1` : null,
      params: own ? [String(session.stationNo)] : [],
      // Whole rows: the station parses each by its contract before it believes it.
      replica: 'full',
      log: query.get('log') === 'changes_only' ? 'changes_only' : 'full',
    },
    part: own ? session.stationNo : 0,
    stationColumn: own ? stationColumn : null,
  })
}

function stationTable(asked: string): StationShape | undefined {
  const name = asked.toLowerCase().replace(/^public\./, '')
  return Object.hasOwn(stationShapes, name) ? (name as StationShape) : undefined
}
