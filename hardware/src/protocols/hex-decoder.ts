/** What a decoder made of some bytes: a frame with neutral typed fields, or why there is none. */
export type DecodedFrame =
  | {
      readonly kind: 'frame'
      /** JSON values; quantities as whole counts of the device's last digit, never a fraction. */
      readonly fields: Readonly<Record<string, unknown>>
      readonly hex: string
    }
  | {
      readonly kind: 'refused'
      /** Stable: `noise`, `frame_torn`, `checksum_wrong` or `field_wrong`, and what a protocol adds. */
      readonly code: string
      readonly reason: string
      readonly hex: string
    }

/** Reads bytes somebody recorded, without a line, a clock or a request. `decode` never throws. */
export type HexDecoder = {
  readonly protocol: string
  /** One line for a person who chooses a protocol. */
  readonly about: string
  decode(bytes: Uint8Array): readonly DecodedFrame[]
}
