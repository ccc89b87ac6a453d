import { createFrameBuffer, type FrameRules } from './frame-buffer.ts'
import type { DecodedFrame } from './hex-decoder.ts'
import { hexText } from './modbus/frames.ts'

export type Refused = { readonly code: string; readonly reason: string }

export type FrameReport<Frame> = {
  readonly rules: FrameRules<Frame>
  fields(frame: Frame): Readonly<Record<string, unknown>>
  /** Why these bytes, which have the length of a frame, are none. */
  explain(raw: Uint8Array): Refused
  /** What bytes mean that have no end of their own, such as a request; null when they are noise. */
  loose?(raw: Uint8Array): Readonly<Record<string, unknown>> | null
}

/** Everything in `bytes`, in order, each part with its hex: frames, refused frames and noise. */
export function reportFrames<Frame>(
  bytes: Uint8Array,
  report: FrameReport<Frame>,
): readonly DecodedFrame[] {
  const buffer = createFrameBuffer(report.rules)
  const found = [...buffer.feed(bytes), ...buffer.tick()]
  const rest = bytes.slice(bytes.length - buffer.pending())
  const parts = found.map((item): DecodedFrame => {
    const hex = hexText(item.raw)
    if (item.kind === 'frame') return { kind: 'frame', fields: report.fields(item.frame), hex }
    if (item.kind === 'damaged') return { kind: 'refused', ...report.explain(item.raw), hex }
    return looseBytes(item.raw, report, noise)
  })
  return rest.length === 0 ? parts : [...parts, looseBytes(rest, report, torn)]
}

const noise: Refused = { code: 'noise', reason: 'these bytes belong to no frame' }
const torn: Refused = { code: 'frame_torn', reason: 'the frame has no end' }

function looseBytes<Frame>(
  raw: Uint8Array,
  report: FrameReport<Frame>,
  otherwise: Refused,
): DecodedFrame {
  const hex = hexText(raw)
  const fields = report.loose?.(raw) ?? null
  return fields === null ? { kind: 'refused', ...otherwise, hex } : { kind: 'frame', fields, hex }
}
