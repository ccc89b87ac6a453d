import { grams } from '@baari/shared/units/mass'
import { millis, type Millis } from '@baari/shared/units/time'
import { seededPrng, wholeBetween } from '@baari/shared/testing/seeded-prng'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { nozzleNo, type Dispenser } from '../../src/ports/dispenser.ts'
import type { BusStats } from '../../src/ports/bus.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { silentGap, type LineTiming } from '../../src/transports/line-timing.ts'
import type { BitWireCounters } from '../rigs/bit-wire.ts'
import { busOnBitWire, type BusOnBitWire } from '../rigs/bus-on-bit-wire.ts'
import { steppedClock } from '../rigs/stepped-clock.ts'
import { witnessed, type Witness } from '../rigs/witnessed-head.ts'

export type DamagedReadsOutcome = {
  /** Questions asked on the wire. */
  readonly reads: number
  /** Values of quality good, and totals, that the driver gave out. */
  readonly given: number
  /** Those of them that the device did not send in answer to that question. Must be 0. */
  readonly wrong: number
  /** Values given out with the word that they are uncertain. */
  readonly doubted: number
  readonly stats: BusStats
  readonly wire: BitWireCounters
}

const timing: LineTiming = { baud: 19_200, bitsPerChar: 11 }
const timeoutMs = millis(150)
const deviceDelayMs = 6
const heads = 4
const nozzle = nozzleNo(1)

/**
 * Four heads sell gas while a driver each reads them over a wire that turns and swallows bytes.
 * Every value the drivers give out is held against what the heads really sent. Simulated time.
 */
export async function runDamagedReads(options: {
  readonly reads: number
  readonly seed: number
  readonly flipShare: number
  readonly dropShare: number
}): Promise<DamagedReadsOutcome> {
  const { reads, seed, flipShare, dropShare } = options
  const clock = steppedClock()
  const prng = seededPrng(seed + 1)
  const made = Array.from({ length: heads }, (_, index) => headAt(index + 1, prng))
  const witnesses = made.map((head) => witnessed(head, clock))
  const devices = witnesses.map(({ device }) => device)
  const line = busOnBitWire({ devices, timing, seed, clock, flipShare, dropShare })
  const forecourt = runForecourt({ dispensers: made, clock })
  const tally = { given: 0, wrong: 0, doubted: 0 }
  for (const [index, witness] of witnesses.entries()) {
    const dispenser = driverOf(line, index + 1)
    await dispenser.start()
    watchStatus({ dispenser, witness, line, tally })
    watchTotals({ dispenser, witness, line, tally })
    customers({ head: made[index], line, prng })
  }
  while (line.bus.stats().exchanges < reads) await clock.step()
  forecourt.stop()
  await line.bus.close()
  const stats = line.bus.stats()
  return { reads: stats.exchanges, ...tally, stats, wire: line.wire.counters() }
}

type Prng = ReturnType<typeof seededPrng>
type Tally = { given: number; wrong: number; doubted: number }
type Watched = {
  readonly dispenser: Dispenser
  readonly witness: Witness
  readonly line: BusOnBitWire
  readonly tally: Tally
}

function headAt(address: number, prng: Prng): SimulatedDispenser {
  const head = new SimulatedDispenser({
    address,
    prng,
    totaliserGrams: grams(address * 123_456_789),
  })
  head.setManualMode(true)
  head.trouble.delayMs = () => millis(silentGap(timing) + deviceDelayMs)
  return head
}

function driverOf({ bus, clock }: BusOnBitWire, address: number): Dispenser {
  const config = modbusMeterConfigSchema.parse({
    id: `d${address}`,
    address,
    map: 'baari-dispenser',
    timeoutMs,
    pollMs: 20,
    activePollMs: 20,
  })
  return createModbusMeter(config, { bus, clock, log: () => undefined, stationControl: false })
}

/** Looks more often than frames can come, and judges each frame once. */
function watchStatus({ dispenser, witness, line, tally }: Watched): void {
  let judged: number | null = null
  every(line, millis(10), () => {
    const { value, quality, mono } = dispenser.status(nozzle)
    if (value === null || mono === judged) return
    judged = mono
    if (quality !== 'good') {
      tally.doubted += 1
      return
    }
    tally.given += 1
    if (!witness.sentStatus(value, { atMs: mono, withinMs: timeoutMs })) tally.wrong += 1
  })
}

function watchTotals({ dispenser, witness, line, tally }: Watched): void {
  const ask = async (): Promise<void> => {
    const totals = await dispenser.totals(nozzle)
    if (totals.ok) {
      tally.given += 1
      const at = { atMs: line.clock.mono(), withinMs: timeoutMs }
      if (!witness.sentTotal(totals.value.grams, at)) tally.wrong += 1
    }
    line.clock.after('totals', millis(300), () => void ask())
  }
  void ask()
}

/** Vehicle after vehicle, so that all that is read keeps changing. */
function customers(at: {
  readonly head: SimulatedDispenser | undefined
  readonly line: BusOnBitWire
  readonly prng: Prng
}): void {
  const { head, line, prng } = at
  every(line, millis(20_000), () => {
    head?.hangUp()
    head?.vehicleArrives(grams(wholeBetween(prng, 500, 3_000)))
    head?.liftNozzle()
  })
}

function every({ clock }: BusOnBitWire, pause: Millis, act: () => void): void {
  const again = (): void => {
    act()
    clock.after('every', pause, again)
  }
  again()
}
