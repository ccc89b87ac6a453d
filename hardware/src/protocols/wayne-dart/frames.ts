import type { HostPart, PumpPart } from './parts.ts'

/** RS-485 addresses of the line: 0x50 to 0x6F. */
export function isDartAddress(address: number): boolean {
  return address >= 0x50 && address <= 0x6f
}

/** One block of data. `sequence` is 0 to 15 and is what the other side acknowledges. */
export type DartBlock<Part> = {
  readonly kind: 'data'
  readonly address: number
  readonly sequence: number
  readonly parts: readonly Part[]
}

type Numbered<Kind extends string> = {
  readonly kind: Kind
  readonly address: number
  readonly sequence: number
}

/** What the host sends. An `ack-poll` acknowledges a block and asks for the next in one frame. */
export type DartHostFrame =
  | DartBlock<HostPart>
  | { readonly kind: 'poll'; readonly address: number }
  | Numbered<'ack'>
  | Numbered<'ack-poll'>

/** What the pump sends. `eot` says that it has nothing to tell. */
export type DartPumpFrame =
  DartBlock<PumpPart> | Numbered<'eot'> | Numbered<'ack'> | Numbered<'nak'>

/** High half byte of CTRL. */
export const ctrl = { poll: 0x20, data: 0x30, nak: 0x50, eot: 0x70, ack: 0xc0, ackPoll: 0xe0 }

export const etx = 0x03
export const dle = 0x10
export const stop = 0xfa
