import type { Clock } from '@baari/shared/runtime/clock'
import { grams } from '@baari/shared/units/mass'
import {
  createGilbarcoPumpDecoder,
  encodeReply,
} from '../protocols/gilbarco-two-wire/frame-codec.ts'
import { GilbarcoPump, type GilbarcoScale } from './gilbarco-pump.ts'
import type { HeadFamily } from './head-family.ts'
import type { LineEnd } from './line-end.ts'
import { createReplySender } from './reply-sender.ts'
import { serveOnTcp } from './serve-on-tcp.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

/** Two decimals of a kilogram and of a rupee. */
const usualScale: GilbarcoScale = { gramsPerCount: grams(10), paisePerCount: 1 }

/** Heads on a Gilbarco two-wire loop, 1 to 15. */
export const gilbarcoHeads = {
  driver: 'gilbarco-two-wire',
  limits: { widthGrams: grams(1_000_000_000), countGrams: usualScale.gramsPerCount },
  headsPerLine: 15,
  addressOf: (position) => position,
  serve({ heads, port, clock }) {
    const pumps = gilbarcoPumps(heads)
    return serveOnTcp({ port, attach: (line) => serveGilbarcoPumps(line, pumps, clock) })
  },
  stationFile: {
    bus: { baud: 5_787, parity: 'even' },
    dispenser: (position) => ({
      driver: 'gilbarco-two-wire',
      address: position,
      commissioned: true,
      decimals: { mass: 2, amount: 2, price: 2 },
      total: { type: 'bcd', digits: 8, unit_g: 10 },
    }),
  },
} as const satisfies HeadFamily

/** The pumps of a loop; they outlive its connections. */
export type GilbarcoPumps = ReadonlyMap<SimulatedDispenser, GilbarcoPump>

export function gilbarcoPumps(
  heads: readonly SimulatedDispenser[],
  scale: GilbarcoScale = usualScale,
): GilbarcoPumps {
  return new Map(heads.map((head) => [head, new GilbarcoPump(head, scale)]))
}

/** Serves the pumps of one loop. Returns the way to unplug them. */
export function serveGilbarcoPumps(line: LineEnd, pumps: GilbarcoPumps, clock: Clock): () => void {
  const decoder = createGilbarcoPumpDecoder()
  const replies = createReplySender(line, clock)
  const unsubscribe = line.onBytes((bytes) => {
    for (const item of decoder.feed(bytes)) {
      for (const [head, pump] of pumps) {
        if (head.trouble.silent) continue
        if (item.kind !== 'frame') {
          pump.misheard()
          continue
        }
        const { frame } = item
        const mine = frame.kind !== 'command' || frame.pump === (head.address & 0x0f)
        const answer = mine ? pump.answer(frame, clock.mono()) : null
        if (answer !== null) replies.send(head.trouble, () => encodeReply(answer))
      }
    }
  })
  return () => {
    replies.unplug()
    unsubscribe()
  }
}
