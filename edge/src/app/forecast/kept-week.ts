import { z } from 'zod'
import type { KeptRows } from '@baari/shared/domain/forecast/serving/kept-rows'

/** What the numbers of the file are. */
const keptHead = z.object({
  madeBy: z.string(),
  members: z
    .array(z.object({ of: z.enum(['middle', 'mean', 'low', 'high']), name: z.string() }))
    .max(12),
  readings: z
    .array(z.object({ startMs: z.int(), count: z.int().min(0) }))
    .min(1)
    .max(8),
  rows: z.int().min(1),
})

/** SHA-256, hex. */
export type Hash = (bytes: Uint8Array) => string

const hashBytes = 64
const headBytes = 2_048

/**
 * A week's rows as a file: the hash of the rest, a line that tells what follows, then the numbers as
 * they lie in memory. Only this machine reads it, and a file that is not whole is none.
 * @param madeBy the program, the model and the station; another one finds nothing in it
 */
export function writeKept(kept: KeptRows, madeBy: string, hash: Hash): Uint8Array {
  const head = JSON.stringify({
    madeBy,
    members: kept.members,
    readings: kept.readings.map(({ startMs, values }) => ({ startMs, count: values.length })),
    rows: kept.at.length,
  })
  // Of a fixed length, so that the numbers after it lie at whole words.
  const parts = [
    new TextEncoder().encode(head.padEnd(headBytes)),
    ...numbersOf(kept).map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    ),
  ]
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  const out = new Uint8Array(hashBytes + size)
  const body = out.subarray(hashBytes)
  let at = 0
  for (const part of parts) {
    body.set(part, at)
    at += part.length
  }
  out.set(new TextEncoder().encode(hash(body)))
  return out
}

function numbersOf(kept: KeptRows): readonly Float64Array[] {
  const { readings, series, at, age, naive, weekdayMean, forecasts } = kept
  return [
    ...readings.map(({ values }) => values),
    ...[series, at, age, naive, weekdayMean],
    ...forecasts,
  ]
}

/** Undefined unless the file is whole and was made by the same. */
export function readKept(
  bytes: Uint8Array | undefined,
  madeBy: string,
  hash: Hash,
): KeptRows | undefined {
  if (bytes === undefined || bytes.length < hashBytes + headBytes) return undefined
  const body = bytes.subarray(hashBytes)
  const head = readHead(new TextDecoder().decode(body.subarray(0, headBytes)))
  if (head === undefined || head.madeBy !== madeBy) return undefined
  if (new TextDecoder().decode(bytes.subarray(0, hashBytes)) !== hash(body)) return undefined
  return numbersIn(body, head)
}

function readHead(text: string): z.output<typeof keptHead> | undefined {
  try {
    return keptHead.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function numbersIn(
  body: Uint8Array,
  { members, readings, rows }: z.output<typeof keptHead>,
): KeptRows | undefined {
  const numbers = readings.reduce((sum, { count }) => sum + count, (5 + members.length) * rows)
  if (body.length !== headBytes + 8 * numbers) return undefined
  // Where the bytes begin is the reader's affair, and numbers are read at whole words only.
  const aligned = body.byteOffset % 8 === 0 ? body : body.slice()
  let at = aligned.byteOffset + headBytes
  const next = (count: number): Float64Array => {
    const from = at
    at += 8 * count
    return new Float64Array(aligned.buffer, from, count)
  }
  return {
    members,
    readings: readings.map(({ startMs, count }) => ({ startMs, values: next(count) })),
    ...{ series: next(rows), at: next(rows), age: next(rows) },
    ...{ naive: next(rows), weekdayMean: next(rows) },
    forecasts: members.map(() => next(rows)),
  }
}
