import type { Clock } from '@baari/shared/runtime/clock'
import { grams } from '@baari/shared/units/mass'
import {
  createDartPumpDecoder,
  encodePumpFrame,
  nakOf,
} from '../protocols/wayne-dart/frame-codec.ts'
import { DartPump, type DartScale } from './dart-pump.ts'
import type { HeadFamily } from './head-family.ts'
import type { LineEnd } from './line-end.ts'
import { createReplySender } from './reply-sender.ts'
import { serveOnTcp } from './serve-on-tcp.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

const firstAddress = 0x50
/** Two decimals of a kilogram on display and totaliser, as heads in the field show. */
const usualScale: DartScale = { gramsPerCount: grams(10) }

/** Heads that speak Wayne DART, on one line of up to 32. */
export const dartHeads = {
  driver: 'wayne-dart',
  limits: { widthGrams: grams(100_000_000_000), countGrams: usualScale.gramsPerCount },
  headsPerLine: 32,
  addressOf: (position) => firstAddress + position - 1,
  serve({ heads, port, clock }) {
    const pumps = dartPumps(heads)
    return serveOnTcp({ port, attach: (line) => serveDartPumps(line, pumps, clock) })
  },
  stationFile: {
    bus: { baud: 19_200, parity: 'odd' },
    dispenser: (position) => ({
      driver: 'wayne-dart',
      address: firstAddress + position - 1,
      decimals: { mass: 2, amount: 2, price: 2 },
      total: { type: 'bcd', digits: 10, unit_g: 10 },
    }),
  },
} as const satisfies HeadFamily

/** The pumps of a line; they outlive its connections, as their block numbers do. */
export type DartPumps = ReadonlyMap<SimulatedDispenser, DartPump>

export function dartPumps(
  heads: readonly SimulatedDispenser[],
  scale: DartScale = usualScale,
): DartPumps {
  return new Map(heads.map((head) => [head, new DartPump(head, scale)]))
}

/** Serves the pumps of one half-duplex line. Returns the way to unplug them. */
export function serveDartPumps(line: LineEnd, pumps: DartPumps, clock: Clock): () => void {
  const decoder = createDartPumpDecoder()
  const replies = createReplySender(line, clock)
  const unsubscribe = line.onBytes((bytes) => {
    for (const item of decoder.feed(bytes)) {
      for (const [head, pump] of pumps) {
        if (head.trouble.silent) continue
        const answer =
          item.kind === 'frame' && item.frame.address === head.address
            ? pump.answer(item.frame, item.raw)
            : item.kind === 'damaged'
              ? nakOf(item.raw, head.address)
              : null
        if (answer !== null) replies.send(head.trouble, () => encodePumpFrame(answer))
      }
    }
  })
  return () => {
    replies.unplug()
    unsubscribe()
  }
}
