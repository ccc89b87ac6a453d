import { manualClock, type ManualClock } from '@baari/shared/testing/manual-clock'
import { tls350ConfigSchema } from '../../src/drivers/tls350/manifest.ts'
import { createTls350Gauge, type TlsBus } from '../../src/drivers/tls350/tls350-gauge.ts'
import { createTls350Codec } from '../../src/protocols/tls350/codec.ts'
import { SimulatedGauge, serveGauge } from '../../src/simulators/tls350-gauge.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import type { SensorSubject } from '../contracts/sensor.contract.ts'
import { pass, until } from './turn-clock.ts'

const levels = {
  volume: 12_345.5,
  compensatedVolume: 12_300.25,
  ullage: 7_654.5,
  height: 1_250.5,
  water: 12.25,
  temperature: 25.5,
  waterVolume: 100.125,
}

/** The same in our own measures. */
const truth = {
  volumeMillilitres: 12_345_500,
  compensatedVolumeMillilitres: 12_300_250,
  ullageMillilitres: 7_654_500,
  heightMicrometres: 1_250_500,
  waterMicrometres: 12_250,
  temperatureMillikelvin: 298_650,
  waterVolumeMillilitres: 100_125,
}

export function newGauge(): SimulatedGauge {
  return new SimulatedGauge({ 1: levels, 2: { ...levels, volume: 1 } })
}

export function gaugeConfig(config: Record<string, unknown> = {}) {
  const usual = { id: 'tank-1', tank: 1, measures: 'metric', timeoutMs: 500, pollMs: 1_000 }
  return tls350ConfigSchema.parse({ ...usual, staleMs: 4_000, ...config })
}

/** What a gauge under test is, however its bytes travel. */
export function gaugeFacts(gauge: SimulatedGauge) {
  return {
    truth: () => truth,
    nonsense: (on: boolean) =>
      gauge.setLevels(1, { temperature: on ? Number.NaN : levels.temperature }),
    silence: (silent: boolean) => void (gauge.trouble.silent = silent),
    damageNext() {
      let left = 1
      gauge.trouble.distort = (bytes) => (left-- > 0 ? bytes.slice(0, -4) : bytes)
    },
  }
}

export type GaugeOnMemory = SensorSubject & {
  readonly gauge: SimulatedGauge
  readonly clock: ManualClock
  readonly bus: TlsBus
  /** Texts sent to the gauge, oldest first. */
  readonly sent: string[]
}

/** The driver and a simulated gauge on a memory wire, on the manual clock. */
export function gaugeOnMemory(config: Record<string, unknown> = {}): GaugeOnMemory {
  const clock = manualClock()
  const gauge = newGauge()
  const { near, far } = createMemoryWire(clock)
  const sent: string[] = []
  far.onBytes((bytes) => sent.push(Buffer.from(bytes).toString('latin1')))
  far.start()
  serveGauge(far, gauge, clock)
  const timing = { baud: 9_600, bitsPerChar: 10 } as const
  const bus = createBus({ name: 'tg1', pipe: near, codec: createTls350Codec(), clock, timing })
  bus.start()
  const sensor = createTls350Gauge(gaugeConfig(config), { bus, clock, log: () => undefined })
  return {
    ...{ sensor, gauge, clock, bus, sent },
    ...gaugeFacts(gauge),
    done: (promise) => until(clock, promise),
    eventually: async (condition, what) => {
      for (let turn = 0; turn < 6_000 && !condition(); turn += 1) await pass(clock, 20, 20)
      if (!condition()) throw new Error(`never: ${what}`)
    },
    dispose: () => bus.close(),
  }
}
