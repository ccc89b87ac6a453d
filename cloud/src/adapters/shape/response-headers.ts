import type { ShapeDefinition } from './shape-definition.ts'
import type { CapturedTable, TableColumn } from './table-catalog.ts'

export type CacheTimes = { readonly maxAgeS: number; readonly staleS: number }

/** A station's rows are its own: what goes through the station's door is never `public`. */
export type CacheScope = 'public' | 'private'

export type CacheWords = CacheTimes & { readonly scope: CacheScope; readonly streamS: number }

/** Cache-Control of each kind of answer (sync.md 6.3). */
export function cacheControls({ scope, maxAgeS, staleS, streamS }: CacheWords) {
  return {
    snapshotStart: `${scope}, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746`,
    catchUp: `${scope}, max-age=${maxAgeS}, stale-while-revalidate=${staleS}`,
    live: `${scope}, max-age=5, stale-while-revalidate=5`,
    stream: `${scope}, max-age=${Math.max(1, streamS - 1)}`,
    refetch: `${scope}, max-age=60, must-revalidate`,
    refetchUnknown: `${scope}, max-age=1, must-revalidate`,
  }
}

export type CacheControls = ReturnType<typeof cacheControls>

/** Neither a browser nor a delivery network keeps a failure. */
export const neverKept = { 'cache-control': 'no-store', 'surrogate-control': 'no-store' }

/** `{column: {type, …}}`: what the client needs to parse the text of each value. */
export function schemaHeader({ columns }: ShapeDefinition, table: CapturedTable): string {
  const known = new Map(table.columns.map((column) => [column.name, column]))
  const entries = columns.flatMap((name) => {
    const column = known.get(name)
    return column === undefined ? [] : [[name, aboutColumn(column)] as const]
  })
  // A header holds ASCII only; JSON can say the rest.
  return JSON.stringify(Object.fromEntries(entries)).replaceAll(
    /[^\u0020-\u007e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function aboutColumn(column: TableColumn): Record<string, unknown> {
  const { type, dims, notNull, pkIndex } = column
  return {
    type,
    ...(dims > 0 ? { dims } : {}),
    ...(notNull ? { not_null: true } : {}),
    ...(pkIndex === null ? {} : { pk_index: pkIndex }),
    ...modifierOf(column),
  }
}

const timeTypes = new Set(['time', 'timetz', 'timestamp', 'timestamptz'])
/** PostgreSQL counts its own header in the length of a text and the scale of a numeric. */
const headerBytes = 4

function modifierOf({ type, modifier }: TableColumn): Record<string, unknown> {
  if (modifier < 0) return {}
  if (type === 'varchar') return { max_length: modifier - headerBytes }
  if (type === 'bpchar') return { length: modifier - headerBytes }
  if (type === 'bit' || type === 'varbit') return { length: modifier }
  if (timeTypes.has(type)) return { precision: modifier }
  if (type === 'numeric') return numericOf(modifier - headerBytes)
  if (type === 'interval') return intervalOf(modifier)
  return { type_mod: modifier }
}

function numericOf(packed: number): Record<string, unknown> {
  return { precision: packed >> 16, scale: ((packed & 0x7ff) ^ 0x400) - 0x400 }
}

/** Bits of an interval's fields in PostgreSQL's modifier, from the widest to the narrowest. */
const intervalFields = [
  ['YEAR', 2],
  ['MONTH', 1],
  ['DAY', 3],
  ['HOUR', 10],
  ['MINUTE', 11],
  ['SECOND', 12],
] as const
const allFields = 0x7fff
const noPrecision = 0xffff

function intervalOf(modifier: number): Record<string, unknown> {
  const [range, precision] = [(modifier >> 16) & 0x7fff, modifier & 0xffff]
  const names = intervalFields.flatMap(([name, bit]) => ((range >> bit) & 1 ? [name] : []))
  const fields = names.length > 1 ? `${names[0]} TO ${names.at(-1)}` : names[0]
  return {
    ...(range === allFields || fields === undefined ? {} : { fields }),
    ...(precision === noPrecision ? {} : { precision }),
  }
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
