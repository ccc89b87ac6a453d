import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { grams } from '@baari/shared/units/mass'
import { millis, type Millis } from '@baari/shared/units/time'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { shippedMap } from '../../src/drivers/modbus-meter/register-map.ts'
import type { Dispenser } from '../../src/ports/dispenser.ts'
import type { SlaveDevice } from '../../src/simulators/modbus-slave.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { exchangeTime, silentGap, type LineTiming } from '../../src/transports/line-timing.ts'
import type { ModbusBus } from './memory-bus.ts'

/** A line with the most that a Modbus bus carries: eight heads, four of them controllable. */
export const headsOnLine = 8
export const controllableHeads = 4
/** Longest read on a line with stops, and what the poll limits are given for. */
export const registersPerPoll = 14

const requestBytes = 8
const replyBytes = 5 + 2 * registersPerPoll
/** What the head writes into register 100 of a stop (docs/protocols/baari-dispenser.md). */
const stopCode = 2
const codeWord = 4

/** A head that answers T3.5 and its declared delay after a question, as the standard demands. */
export function lineHead(options: {
  readonly address: number
  readonly prng: Prng
  readonly timing: LineTiming
  readonly deviceDelayMs: Millis
}): SimulatedDispenser {
  const { address, prng, timing, deviceDelayMs } = options
  const head = new SimulatedDispenser({ address, prng, totaliserGrams: grams(1_000_000) })
  head.trouble.delayMs = () => millis(silentGap(timing) + deviceDelayMs)
  return head
}

export type Overheard = {
  /** The last byte of a question was heard. */
  readonly onRead: (address: number) => void
  /** The last byte of a stop was heard. */
  readonly onStop: (address: number) => void
}

/** The same device, telling what it hears. */
export function overheard(slave: SlaveDevice, { onRead, onStop }: Overheard): SlaveDevice {
  const { bank, address } = slave
  return {
    ...slave,
    bank: {
      read: (start, count) => {
        onRead(address)
        return bank.read(start, count)
      },
      write: (start, words) => {
        if (words[codeWord] === stopCode) onStop(address)
        return bank.write(start, words)
      },
    },
  }
}

/** The driver of such a head, reading fourteen registers at each poll. */
export function lineMeter(
  address: number,
  parts: { readonly bus: ModbusBus; readonly clock: Clock; readonly pollMs: Millis },
): Dispenser {
  const { bus, clock, pollMs } = parts
  const map = shippedMap('baari-dispenser')
  const config = modbusMeterConfigSchema.parse({
    id: `d${address}`,
    address,
    mode: address <= controllableHeads ? 'control' : 'poll',
    map: {
      ...map,
      blocks: { ...map.blocks, live: { start: 0, counts: [registersPerPoll, 12, 13] } },
    },
    pollMs,
    activePollMs: pollMs,
  })
  return createModbusMeter(config, { bus, clock, log: () => undefined, stationControl: true })
}

/** Share of the line's possible polls that were made: rate x (wire + 2 x T3.5 + declared delay). */
export function pollEfficiency(
  pollsPerSecond: number,
  line: { readonly timing: LineTiming; readonly deviceDelayMs: Millis },
): number {
  const { timing, deviceDelayMs } = line
  const sizes = { requestBytes, replyBytes, deviceDelayMs }
  return (pollsPerSecond * exchangeTime(timing, sizes)) / 1000
}
