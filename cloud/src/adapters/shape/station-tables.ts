import type { Pool } from 'pg'
import type { GatedShape } from './shape-definition.ts'
import { attachCapture, readTable, type CapturedTable } from './table-catalog.ts'

class StationTableMissing extends Error {
  override readonly name = 'StationTableMissing'
}

/**
 * Tables of the stations as this process first met them: a migration that changes one comes with a
 * new process. Capture is attached at the first request.
 */
export function stationTables(pool: Pool): (shape: GatedShape) => Promise<CapturedTable> {
  const known = new Map<string, Promise<CapturedTable>>()

  async function capture({ definition, stationColumn }: GatedShape): Promise<CapturedTable> {
    const table = await readTable(pool, definition)
    if (table === undefined) throw new StationTableMissing(definition.table)
    await attachCapture(pool, { table, stationColumn })
    return table
  }

  return (shape) => {
    const { table } = shape.definition
    const found = known.get(table)
    if (found !== undefined) return found
    const made = capture(shape)
    known.set(table, made)
    // A failure is tried again by the next request.
    made.catch(() => known.delete(table))
    return made
  }
}
