import { createHash } from 'node:crypto'
import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'

/** Columns as this version of the node knows them; another version fetches anew. */
export function schemaHashOf(name: StationShape): string {
  const columns = Object.keys(stationShapes[name].shape).join(',')
  return createHash('sha256').update(`${name}:${columns}`).digest('hex').slice(0, 16)
}
