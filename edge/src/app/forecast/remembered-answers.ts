import { z } from 'zod'
import type { ModelAnswers } from '@baari/shared/domain/forecast/bundle/golden-rows'
import {
  pickRows,
  rowMajor,
  type FeatureTable,
} from '@baari/shared/domain/forecast/trees/feature-table'
import type { ModelEngine } from '../../ports/models.ts'

/** What the numbers of the file are. */
const keptHead = z.object({
  model: z.string(),
  width: z.int().min(1),
  count: z.int().min(1),
  outputs: z.array(z.tuple([z.string(), z.int().min(1)])).max(8),
})

export type RememberBy = {
  /** Hash of the model's file. */
  readonly model: string
  readonly engine: Pick<ModelEngine, 'run'>
  readonly kept: {
    readonly bytes: Uint8Array | undefined
    readonly keep: (bytes: Uint8Array) => void
    /** SHA-256, hex. */
    readonly hash: (bytes: Uint8Array) => string
  }
}

/** So many new rows, about two hours of them, are answered again and again before they are kept. */
const newRowsMax = 288

/**
 * A model's answers to rows it was mostly asked before. From one quarter hour to the next the days a
 * forecast is judged by are the same but for one row, and so is the week ahead but for the rows that
 * come a day nearer: all a row reads is whole days old. An answer depends on its row of features
 * alone, so it is taken from what is kept where the same model was asked the same features to the
 * bit, and asked anew otherwise. Every few hours what is kept is replaced by the rows of now.
 */
export async function rememberedAnswers(
  table: FeatureTable,
  { model, engine, kept }: RememberBy,
): Promise<ModelAnswers> {
  const rows = rowMajor(table)
  const width = table.names.length
  const memory = readMemory(kept.bytes, { model, width, hash: kept.hash })
  const found = memory === undefined ? undefined : placesIn(memory, rows, width)
  const missing = new Int32Array(table.rows)
    .map((_, row) => row)
    .filter((row) => (found?.[row] ?? -1) < 0)
  const asked = missing.length === 0 ? undefined : await engine.run(pickRows(table, missing))
  const names = asked === undefined ? [...(memory?.outputs.keys() ?? [])] : [...asked.keys()]
  const answers = new Map(
    names.map((name): [string, Float32Array] => {
      const old = memory?.outputs.get(name)
      const fresh = asked?.get(name)
      const per = fresh === undefined ? old!.length / memory!.rows : fresh.length / missing.length
      const out = new Float32Array(per * table.rows)
      found?.forEach((place, row) => {
        if (place >= 0) out.set(old!.subarray(per * place, per * (place + 1)), per * row)
      })
      missing.forEach((row, at) => {
        out.set(fresh!.subarray(per * at, per * (at + 1)), per * row)
      })
      return [name, out]
    }),
  )
  if (missing.length > newRowsMax) {
    kept.keep(written({ model, width, rows, answers, count: table.rows }, kept.hash))
  }
  return answers
}

type Memory = {
  readonly rows: number
  readonly features: Float32Array
  readonly outputs: ReadonlyMap<string, Float32Array>
}

/**
 * Where each row lies in the memory; −1 where it does not. A row's bytes, read as a text of one byte
 * a sign, are its name: compared bit by bit, NaN and all.
 */
function placesIn(memory: Memory, rows: Float32Array, width: number): Int32Array {
  const kept = namesOf(memory.features, width)
  const places = new Map(kept.map((name, row) => [name, row]))
  return Int32Array.from(namesOf(rows, width), (name) => places.get(name) ?? -1)
}

function namesOf(rows: Float32Array, width: number): readonly string[] {
  const { buffer, byteOffset, byteLength } = rows
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const each = rows.BYTES_PER_ELEMENT * width
  return Array.from({ length: byteLength / each }, (_, row) =>
    bytes.toString('latin1', row * each, (row + 1) * each),
  )
}

type Written = {
  readonly model: string
  readonly width: number
  readonly rows: Float32Array
  readonly count: number
  readonly answers: ModelAnswers
}

/** The hash of the rest, a line that tells what follows, then features and answers as float32. */
function written(
  { model, width, rows, count, answers }: Written,
  hash: (bytes: Uint8Array) => string,
): Uint8Array {
  const outputs = [...answers].map(([name, values]) => [name, values.length])
  const head = headOf(JSON.stringify({ model, width, count, outputs }))
  const parts = [rows, ...answers.values()].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  )
  const size = parts.reduce((sum, { length }) => sum + length, head.length)
  const out = new Uint8Array(hashBytes + size)
  const body = out.subarray(hashBytes)
  let at = 0
  for (const part of [head, ...parts]) {
    body.set(part, at)
    at += part.length
  }
  out.set(new TextEncoder().encode(hash(body)))
  return out
}

const hashBytes = 64
const headBytes = 512

/** Of a fixed length, so that the numbers after it lie at whole words. */
function headOf(text: string): Uint8Array {
  return new TextEncoder().encode(text.padEnd(headBytes))
}

type ReadBy = Pick<RememberBy, 'model'> &
  Pick<RememberBy['kept'], 'hash'> & { readonly width: number }

/** Undefined unless it is whole, of this model and of rows as wide as now. */
function readMemory(
  bytes: Uint8Array | undefined,
  { model, width, hash }: ReadBy,
): Memory | undefined {
  if (bytes === undefined || bytes.length < hashBytes + headBytes) return undefined
  const body = bytes.subarray(hashBytes)
  if (new TextDecoder().decode(bytes.subarray(0, hashBytes)) !== hash(body)) return undefined
  const head = readHead(new TextDecoder().decode(body.subarray(0, headBytes)))
  if (head === undefined || head.model !== model || head.width !== width) return undefined
  const words = (from: number, count: number): Float32Array | undefined =>
    from + 4 * count > body.length
      ? undefined
      : new Float32Array(body.buffer, body.byteOffset + from, count)
  const features = words(headBytes, head.count * width)
  if (features === undefined) return undefined
  const outputs = new Map<string, Float32Array>()
  let from = headBytes + features.byteLength
  for (const [name, length] of head.outputs) {
    const values = words(from, length)
    if (values === undefined) return undefined
    outputs.set(name, values)
    from += values.byteLength
  }
  return { rows: head.count, features, outputs }
}

function readHead(text: string): z.output<typeof keptHead> | undefined {
  try {
    return keptHead.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
