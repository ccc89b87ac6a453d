import type { CapturedTable } from './table-catalog.ts'
import type { ShapeDefinition } from './shape-definition.ts'

export type CacheTimes = { readonly maxAgeS: number; readonly staleS: number }

/** A station's rows are its own: no shared cache may keep them, so `public` is never said. */
export const cacheControl = {
  snapshotStart: 'private, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746',
  catchUp: ({ maxAgeS, staleS }: CacheTimes): string =>
    `private, max-age=${maxAgeS}, stale-while-revalidate=${staleS}`,
  live: 'private, max-age=5, stale-while-revalidate=5',
  refetch: 'private, max-age=60, must-revalidate',
  refetchUnknown: 'private, max-age=1, must-revalidate',
  error: 'no-store',
} as const

/** `{column: {type, …}}`: what the client needs to parse the text of each value. */
export function schemaHeader({ columns }: ShapeDefinition, table: CapturedTable): string {
  const known = new Map(table.columns.map((column) => [column.name, column]))
  const entries = columns.flatMap((name) => {
    const column = known.get(name)
    if (column === undefined) return []
    const { type, dims, notNull, pkIndex } = column
    const about = {
      type,
      ...(dims > 0 ? { dims } : {}),
      ...(notNull ? { not_null: true } : {}),
      ...(pkIndex === null ? {} : { pk_index: pkIndex }),
    }
    return [[name, about] as const]
  })
  return JSON.stringify(Object.fromEntries(entries))
}

/** Since 2024-10-09T00:00Z, in steps of the hold: requests of one step share an answer. */
const cursorEpochMs = Date.UTC(2024, 9, 9)
const cursorStepS = 20

/** Rises with time; a client that sends the present step already is given a later one. */
export function nextCursor(nowMs: number, given: string | undefined, random: () => number): string {
  const steps = Math.ceil((nowMs - cursorEpochMs) / 1_000 / cursorStepS)
  const cursor = steps * cursorStepS
  const before = Number(given)
  if (given === undefined || !Number.isSafeInteger(before) || cursor > before) return String(cursor)
  return String(before + 1 + Math.floor(random() * 3_600))
}
