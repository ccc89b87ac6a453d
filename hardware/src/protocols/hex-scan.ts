import type { FrameRules } from './frame-buffer.ts'
import type { DecodedFrame } from './hex-decoder.ts'
import { hexText } from './modbus/frames.ts'

type Fields = Readonly<Record<string, unknown>>

/** One way to read bytes, such as "as the host sends them". */
export type HexReading = {
  readonly direction: string
  readonly rules: FrameRules<Readonly<Record<string, unknown>>>
  /** A reading without this doubt is preferred where two fit. */
  readonly isDoubtful?: (fields: Fields) => boolean
}

type Look =
  | { readonly kind: 'frame'; readonly length: number; readonly fields: Fields }
  | { readonly kind: 'damaged'; readonly length: number; readonly reason: string }
  | { readonly kind: 'torn' }
  | { readonly kind: 'nothing' }

type ReadFrame = Extract<Look, { kind: 'frame' }> & {
  readonly direction: string
  readonly reading: HexReading
}

const nothing: Look = { kind: 'nothing' }
const torn: Look = { kind: 'torn' }
const checkValue = 'check value'

/**
 * Every frame in recorded bytes, and every stretch that is none. Where two readings fit the same
 * bytes both are told: who sent them is not in them. After a damaged frame the search goes on one
 * byte further, for it may hide the begin of a good one.
 */
export function scanHex(
  bytes: Uint8Array,
  readings: readonly HexReading[],
): readonly DecodedFrame[] {
  const found: DecodedFrame[] = []
  /** Begin of what nothing was said about yet, and of a torn frame in it. */
  let silent = 0
  let tornAt: number | null = null
  const explain = (to: number): void => {
    found.push(...noFrames(bytes.subarray(silent, to), tornAt === null ? null : tornAt - silent))
    silent = Math.max(silent, to)
    tornAt = null
  }

  for (let at = 0; at < bytes.length;) {
    const look = lookAt(bytes, at, readings)
    const end = 'length' in look ? at + look.length : at + 1
    const raw = bytes.subarray(at, end)
    if (look.kind === 'frame') {
      explain(at)
      found.push({ kind: 'frame', fields: look.fields, hex: hexText(raw) })
      silent = Math.max(silent, end)
      at = end
      continue
    }
    const isNew = at >= silent
    const isTorn = look.kind === 'damaged' && isNew && swallows(bytes, { from: at, end }, readings)
    if (isNew && (isTorn || look.kind === 'torn')) tornAt ??= at
    else if (isNew && look.kind === 'damaged') {
      explain(at)
      found.push(damagedFrame(look.reason, raw))
      silent = end
    }
    at += 1
  }
  explain(bytes.length)
  return found
}

/**
 * Whether a good frame begins inside a damaged one and reaches to its end or beyond: then the
 * damaged one is the rest of a torn frame, and took the good one's bytes for its own.
 */
function swallows(
  bytes: Uint8Array,
  damaged: { readonly from: number; readonly end: number },
  readings: readonly HexReading[],
): boolean {
  for (let at = damaged.from + 1; at < damaged.end; at += 1) {
    const look = lookAt(bytes, at, readings)
    if (look.kind === 'frame' && at + look.length >= damaged.end) return true
  }
  return false
}

/** Bytes without a whole frame: noise, and from `tornAt` on a frame that ends too early. */
function noFrames(raw: Uint8Array, tornAt: number | null): readonly DecodedFrame[] {
  const noise = raw.subarray(0, tornAt ?? raw.length)
  const torn = raw.subarray(noise.length)
  return [
    ...(noise.length > 0 ? [refusedFrame('noise', 'no frame begins here', noise)] : []),
    ...(torn.length > 0 ? [refusedFrame('frame_torn', 'the frame ends too early', torn)] : []),
  ]
}

function lookAt(bytes: Uint8Array, at: number, readings: readonly HexReading[]): Look {
  const frames: ReadFrame[] = []
  let refusal: Look = nothing
  for (const reading of readings) {
    const look = readAt(bytes, at, reading)
    if (look.kind === 'frame') frames.push({ ...look, direction: reading.direction, reading })
    else if (look.kind === 'damaged' && refusal.kind !== 'damaged') refusal = look
    else if (look.kind === 'torn' && refusal.kind === 'nothing') refusal = look
  }
  if (frames.length === 0) return refusal
  const sure = frames.filter(({ reading, fields }) => reading.isDoubtful?.(fields) !== true)
  const [first, ...others] = sure.length > 0 ? sure : frames
  if (first === undefined) return refusal
  const same = [first, ...others.filter(({ length }) => length === first.length)]
  return { kind: 'frame', length: first.length, fields: toldBy(same) }
}

function readAt(bytes: Uint8Array, at: number, { rules }: HexReading): Look {
  const length = rules.measure(bytes, at)
  if (length === 'impossible') return nothing
  if (length === 'more' || at + length > bytes.length) return torn
  const raw = bytes.slice(at, at + length)
  const fields = rules.parse(raw)
  if (fields !== null) return { kind: 'frame', length, fields }
  return { kind: 'damaged', length, reason: rules.why?.(raw) ?? checkValue }
}

/** Fields of one frame, or of every reading of the same bytes. */
export function toldBy(
  frames: readonly { readonly direction: string; readonly fields: Fields }[],
): Fields {
  const [only] = frames
  if (frames.length === 1 && only !== undefined)
    return { direction: only.direction, ...only.fields }
  const byDirection = frames.map(({ direction, fields }) => [direction, fields] as const)
  return { direction: 'either', readings: Object.fromEntries(byDirection) }
}

/** A whole frame that is wrong, with what is wrong about it. */
export function damagedFrame(reason: string, raw: Uint8Array): DecodedFrame {
  return reason === checkValue
    ? refusedFrame('checksum_wrong', 'the check value does not fit the bytes', raw)
    : refusedFrame('field_wrong', reason, raw)
}

export function refusedFrame(code: string, reason: string, raw: Uint8Array): DecodedFrame {
  return { kind: 'refused', code, reason, hex: hexText(raw) }
}

/** The same rules with the frame told in neutral fields. */
export function toldRules<Frame>(
  rules: FrameRules<Frame>,
  fieldsOf: (frame: Frame) => Fields,
): HexReading['rules'] {
  return {
    measure: (bytes, from) => rules.measure(bytes, from),
    parse(bytes) {
      const frame = rules.parse(bytes)
      return frame === null ? null : fieldsOf(frame)
    },
    why: (bytes) => rules.why?.(bytes) ?? checkValue,
  }
}
