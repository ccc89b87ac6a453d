import { z } from 'zod'
import type { KeptRows } from '@baari/shared/domain/forecast/serving/kept-rows'
import { readNumbers, writeNumbers, type Hash } from './number-file.ts'

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

/**
 * A week's rows as a file.
 * @param madeBy the program, the model and the station; another one finds nothing in it
 */
export function writeKept(kept: KeptRows, madeBy: string, hash: Hash): Uint8Array {
  const { readings, series, at, age, naive, weekdayMean, forecasts } = kept
  const head: z.output<typeof keptHead> = {
    madeBy,
    members: [...kept.members],
    readings: readings.map(({ startMs, values }) => ({ startMs, count: values.length })),
    rows: at.length,
  }
  const lists = [
    ...readings.map(({ values }) => values),
    ...[series, at, age, naive, weekdayMean],
    ...forecasts,
  ]
  return writeNumbers(head, lists, hash)
}

/** Undefined unless the file is whole and was made by the same. */
export function readKept(
  bytes: Uint8Array | undefined,
  madeBy: string,
  hash: Hash,
): KeptRows | undefined {
  const file = readNumbers(bytes, hash)
  const { data: head } = keptHead.safeParse(file?.head)
  if (file === undefined || head?.madeBy !== madeBy) return undefined
  const next = (count: number): Float64Array => file.doubles(count) ?? new Float64Array(0)
  const { members, rows } = head
  const kept: KeptRows = {
    members,
    readings: head.readings.map(({ startMs, count }) => ({ startMs, values: next(count) })),
    ...{ series: next(rows), at: next(rows), age: next(rows) },
    ...{ naive: next(rows), weekdayMean: next(rows) },
    forecasts: members.map(() => next(rows)),
  }
  return file.isAtEnd() ? kept : undefined
}
