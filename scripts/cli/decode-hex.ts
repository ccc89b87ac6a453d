import { hexDecoderOf, hexDecoders } from '@baari/hardware/protocols/decoders'
import type { DecodedFrame } from '@baari/hardware/protocols/hex-decoder'
import { bytesOfHex } from '@baari/shared/codecs/hex'

type Refused = Extract<DecodedFrame, { kind: 'refused' }>
type Frame = Extract<DecodedFrame, { kind: 'frame' }>

export type DecodeAnswer =
  | {
      readonly ok: true
      readonly protocol: string
      readonly frames: readonly Frame[]
      /** Bytes that are no frame; only noise beside good frames is let pass. */
      readonly refused: readonly Refused[]
    }
  | {
      readonly ok: false
      /** `protocol_unknown`, `hex_wrong`, or the code of the first frame that was refused. */
      readonly code: string
      readonly reason: string
      readonly protocol?: string
      readonly frames?: readonly Frame[]
      readonly refused?: readonly Refused[]
      readonly protocols?: readonly { readonly protocol: string; readonly about: string }[]
    }

/** More than a day of one dispenser's polls is no recording to look at by hand. */
const bytesMax = 65_536

/**
 * Decodes what somebody typed. Exit code 0: all that is not noise is a good frame, and there is
 * one; 1: bytes were refused, though good frames beside them are told; 2: the command was misused.
 */
export function decodeHex(asked: { readonly protocol?: string; readonly hex?: string }): {
  readonly exitCode: 0 | 1 | 2
  readonly answer: DecodeAnswer
} {
  const decoder = hexDecoderOf(asked.protocol ?? '')
  if (decoder === undefined) {
    const protocols = hexDecoders.map(({ protocol, about }) => ({ protocol, about }))
    const names = protocols.map(({ protocol }) => protocol).join(', ')
    const said = asked.protocol === undefined ? 'no protocol given' : `no "${asked.protocol}" here`
    const reason = `${said}; there are ${names}`
    return { exitCode: 2, answer: { ok: false, code: 'protocol_unknown', reason, protocols } }
  }
  const bytes = typedBytes(asked.hex ?? '')
  if (typeof bytes === 'string') {
    return { exitCode: 2, answer: { ok: false, code: 'hex_wrong', reason: bytes } }
  }
  return judged(decoder.protocol, decoder.decode(bytes))
}

function judged(
  protocol: string,
  found: readonly DecodedFrame[],
): { readonly exitCode: 0 | 1; readonly answer: DecodeAnswer } {
  const frames = found.filter((one) => one.kind === 'frame')
  const refused = found.filter((one) => one.kind === 'refused')
  const wrong = refused.find(({ code }) => code !== 'noise') ?? refused[0]
  if (wrong === undefined || (wrong.code === 'noise' && frames.length > 0)) {
    return { exitCode: 0, answer: { ok: true, protocol, frames, refused } }
  }
  const { code, reason } = wrong
  return { exitCode: 1, answer: { ok: false, code, reason, protocol, frames, refused } }
}

/** The bytes, or what is wrong with the text. */
function typedBytes(text: string): Uint8Array | string {
  const digits = text.replaceAll(/0x/gi, ' ').replaceAll(/[\s,:;-]/g, '')
  if (digits === '') return 'no bytes given; type them as hex, such as "50 20 FA"'
  const strange = /[^0-9a-f]/i.exec(digits)
  if (strange !== null) return `"${strange[0]}" is no hex digit`
  if (digits.length > 2 * bytesMax) return `more than ${bytesMax} bytes`
  const bytes = bytesOfHex(digits)
  return bytes ?? `${digits.length} hex digits are no whole bytes`
}
