import { baariSlave } from '../../src/simulators/baari-heads.ts'
import { assert, present } from '@baari/shared/faults/assert'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { commandId } from '@baari/shared/units/names'
import { millis, type Millis } from '@baari/shared/units/time'
import { nozzleNo, type Dispenser } from '../../src/ports/dispenser.ts'
import type { LineTiming } from '../../src/transports/line-timing.ts'
import { busOnBitWire, type BusOnBitWire } from './bus-on-bit-wire.ts'
import {
  controllableHeads,
  headsOnLine,
  lineHead,
  lineMeter,
  pollEfficiency,
  overheard,
} from './line-meters.ts'
import { steppedClock } from './stepped-clock.ts'

/** Eight heads that are polled as fast as the line goes, in simulated time. */
export type FullLine = BusOnBitWire & {
  run(forMs: number): Promise<void>
  efficiency(overMs: number): Promise<number>
  /** Polls per second that the first seven heads heard. */
  sevenRate(overMs: number): Promise<number>
  /** The eighth head stops answering. */
  killEighth(): void
  /** From the call to the last byte of the stop at its head. */
  stop(address: number): Promise<number>
  /** From the call to the last byte of the first round of stops. */
  allStop(): Promise<number>
}

const nozzle = nozzleNo(1)
const busyPollMs = millis(20)

export async function fullLine(options: {
  readonly timing: LineTiming
  readonly deviceDelayMs: Millis
  readonly seed: number
  readonly pieceBytes?: number
  readonly flipShare?: number
}): Promise<FullLine> {
  const { timing, deviceDelayMs, seed, pieceBytes = 1, flipShare = 0 } = options
  const clock = steppedClock()
  const prng = seededPrng(seed)
  const ids = countingIds(seed)
  const heardAtMs = new Map<number, number>()
  const heads = Array.from({ length: headsOnLine }, (_, index) =>
    lineHead({ address: index + 1, prng, timing, deviceDelayMs }),
  )
  let sevenReads = 0
  const devices = heads.map((head) =>
    overheard(baariSlave(head), {
      onRead: (address) => {
        if (address < headsOnLine) sevenReads += 1
      },
      onStop: (address) => {
        if (!heardAtMs.has(address)) heardAtMs.set(address, clock.mono())
      },
    }),
  )
  const line = busOnBitWire({ devices, timing, seed, clock, pieceBytes, flipShare })
  const { bus } = line
  const meters = heads.map((_, index) => lineMeter(index + 1, { bus, clock, pollMs: busyPollMs }))
  for (const meter of meters) await meter.start()

  async function run(forMs: number): Promise<void> {
    const endMs = clock.mono() + forMs
    while (clock.mono() < endMs) await clock.step()
  }

  async function perSecond(count: () => number, overMs: number): Promise<number> {
    const [before, fromMs] = [count(), clock.mono()]
    await run(overMs)
    return ((count() - before) * 1000) / (clock.mono() - fromMs)
  }

  async function stopped(stopping: readonly Dispenser[]): Promise<number> {
    heardAtMs.clear()
    const calledAtMs = clock.mono()
    let answered = 0
    for (const meter of stopping) {
      void meter.stop({ cmdId: commandId(ids.uuid()), nozzle }).then(() => (answered += 1))
    }
    while (answered < stopping.length) await clock.step()
    assert(heardAtMs.size === stopping.length, 'every head heard its stop')
    return Math.max(...heardAtMs.values()) - calledAtMs
  }

  return {
    ...line,
    run,
    efficiency: async (overMs) => {
      const rate = await perSecond(() => bus.stats().replies, overMs)
      return pollEfficiency(rate, { timing, deviceDelayMs })
    },
    sevenRate: (overMs) => perSecond(() => sevenReads, overMs),
    killEighth: () => {
      present(heads[headsOnLine - 1], 'an eighth head').trouble.silent = true
    },
    stop: (address) => stopped([present(meters[address - 1], 'a meter')]),
    allStop: () => stopped(meters.slice(0, controllableHeads)),
  }
}
