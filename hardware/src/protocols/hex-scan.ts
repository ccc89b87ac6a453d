import type { FrameRules } from './frame-buffer.ts'
import type { DecodedFrame } from './hex-decoder.ts'
import { hexText } from './modbus/frames.ts'

/** One way to read bytes, such as "as the host sends them". */
export type HexReading = {
  readonly direction: string
  readonly rules: FrameRules<Readonly<Record<string, unknown>>>
}

type Fields = Readonly<Record<string, unknown>>
type Look =
  | { readonly kind: 'frame'; readonly length: number; readonly fields: Fields }
  | { readonly kind: 'damaged'; readonly length: number; readonly reason: string }
  | { readonly kind: 'torn' }
  | { readonly kind: 'nothing' }

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
  let unexplained = 0
  let tornAt: number | null = null

  function refuse(to: number): void {
    const torn = tornAt !== null && tornAt >= unexplained && tornAt < to ? tornAt : null
    const noiseTo = torn ?? to
    if (unexplained < noiseTo)
      found.push(
        refusedFrame('noise', 'no frame begins here', bytes.subarray(unexplained, noiseTo)),
      )
    if (torn !== null)
      found.push(refusedFrame('frame_torn', 'the frame ends too early', bytes.subarray(torn, to)))
    tornAt = null
  }

  let at = 0
  while (at < bytes.length) {
    const look = lookAt(bytes, at, readings)
    if (look.kind === 'frame') {
      refuse(at)
      const raw = bytes.subarray(at, at + look.length)
      found.push({ kind: 'frame', fields: look.fields, hex: hexText(raw) })
      at += look.length
      unexplained = Math.max(unexplained, at)
      continue
    }
    if (look.kind === 'damaged' && at >= unexplained) {
      refuse(at)
      unexplained = at + look.length
      found.push(damagedFrame(look.reason, bytes.subarray(at, unexplained)))
    }
    if (look.kind === 'torn' && at >= unexplained) tornAt ??= at
    at += 1
  }
  refuse(bytes.length)
  return found
}

function lookAt(bytes: Uint8Array, at: number, readings: readonly HexReading[]): Look {
  const looks = readings.map((reading) => ({ reading, look: readAt(bytes, at, reading) }))
  const frames = looks.flatMap(({ reading, look }) =>
    look.kind === 'frame' ? [{ direction: reading.direction, ...look }] : [],
  )
  const [first, ...others] = frames
  if (first !== undefined) {
    const same = [first, ...others.filter(({ length }) => length === first.length)]
    return { kind: 'frame', length: first.length, fields: toldBy(same) }
  }
  return (
    looks.find(({ look }) => look.kind === 'damaged')?.look ??
    looks.find(({ look }) => look.kind === 'torn')?.look ?? { kind: 'nothing' }
  )
}

function readAt(bytes: Uint8Array, at: number, { rules }: HexReading): Look {
  const length = rules.measure(bytes, at)
  if (length === 'impossible') return { kind: 'nothing' }
  if (length === 'more' || at + length > bytes.length) return { kind: 'torn' }
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
