import type { Clock } from '@baari/shared/runtime/clock'
import { millibar } from '@baari/shared/units/pressure'
import type { Instant, Millis, Mono } from '@baari/shared/units/time'
import type { Quality, SafetyReading, SafetyReadings } from '../../domain/safety/safety-readings.ts'
import type { SensorReading } from '../../ports/sensor-reading.ts'
import type { SensorPlan, StationPlan } from '../../ports/station-plan.ts'

export type SensorValue = number | string | boolean | null

/** A present value of a device; retained and old messages never come here (B02). */
export type SensorWord = {
  readonly deviceClass: string
  readonly device: string
  /** Boot of the device and its counter: a redelivered message is an old one. */
  readonly boot: string
  readonly seq: number
  readonly quality: Quality
  readonly values: Readonly<Record<string, SensorValue>>
}

/** Inputs that the node reads itself, by wire; a name it does not read answers undefined. */
export type WiredInputs = {
  sensor(id: string): SafetyReading<number> | undefined
  esd(): SafetyReading<'healthy' | 'tripped'> | undefined
}

const nothingWired: WiredInputs = { sensor: () => undefined, esd: () => undefined }

type Heard = { readonly word: SensorWord; readonly at: Mono }

/** Devices remembered; more than a station has means that somebody invents names. */
const mostDevices = 1000

/**
 * The newest word of every sensor with its age. What is configured and was never heard, or not for
 * its stale time, reads as stale, which the safety rules take for unsafe (X03).
 */
export class SensorBoard {
  readonly #plan: Pick<StationPlan, 'sensors' | 'safety'>
  readonly #clock: Clock
  readonly #wired: WiredInputs
  readonly #heard = new Map<string, Heard>()
  readonly #good = new Map<string, { readonly word: SensorWord; readonly at: Instant }>()

  constructor(
    plan: Pick<StationPlan, 'sensors' | 'safety'>,
    clock: Clock,
    wired: WiredInputs = nothingWired,
  ) {
    this.#plan = plan
    this.#clock = clock
    this.#wired = wired
  }

  hear(word: SensorWord): void {
    const topic = `${word.deviceClass}/${word.device}`
    const known = this.#heard.get(topic)?.word
    if (known?.boot === word.boot && word.seq <= known.seq) return
    this.#heard.delete(topic)
    this.#heard.set(topic, { word, at: this.#clock.mono() })
    if (word.quality === 'good') this.#good.set(topic, { word, at: this.#clock.now() })
    const [oldest] = this.#heard.keys()
    if (this.#heard.size <= mostDevices || oldest === undefined) return
    this.#heard.delete(oldest)
    this.#good.delete(oldest)
  }

  /** Every safety input of the station at this moment. */
  readings(): SafetyReadings {
    const { sensors, safety } = this.#plan
    return {
      esd: this.#esd(),
      gas: sensors.flatMap((sensor) =>
        sensor.trip
          ? [
              {
                id: sensor.id,
                reading: this.#number(sensor),
                warnPercentLel: sensor.trip.warn,
                stopPercentLel: sensor.trip.stop,
              },
            ]
          : [],
      ),
      bank: safety.bank
        ? { reading: this.#bank(safety.bank.sensor), minMbar: safety.bank.minMbar }
        : null,
    }
  }

  /** The value of every sensor that comes by message, for people. */
  told(): readonly SensorReading[] {
    return this.#plan.sensors.flatMap((sensor) => {
      if (sensor.source.kind !== 'mqtt') return []
      const { value, quality } = this.#number(sensor)
      const usable = quality === 'good' || quality === 'uncertain'
      const lastGood = this.#lastGood(sensor.source.topic, sensor.unit)
      const { id, unit } = sensor
      return { sensor: id, name: unit, value: usable ? value : null, quality, lastGood }
    })
  }

  /** The newest message that the device itself called good. */
  #lastGood(topic: string, unit: string): SensorReading['lastGood'] {
    const good = this.#good.get(topic)
    const value = good && valueIn(good.word.values, unit)
    return good === undefined || value === undefined ? null : { value, at: good.at }
  }

  #esd(): SafetyReadings['esd'] {
    const { esd } = this.#plan.safety
    switch (esd.kind) {
      case 'none':
        return null
      // Configured and read by nobody is stale, so unsafe.
      case 'gpio':
      case 'modbus':
        return this.#wired.esd() ?? { value: null, quality: 'stale' }
      case 'mqtt': {
        const heard = this.#fresh(esd.topic, esd.staleMs)
        if (!heard) return { value: null, quality: 'stale' }
        const healthy = heard.values['esdHealthy']
        if (typeof healthy !== 'boolean') return { value: null, quality: 'bad' }
        return { value: healthy ? 'healthy' : 'tripped', quality: heard.quality }
      }
    }
  }

  #bank(id: string): SafetyReading<ReturnType<typeof millibar>> {
    const sensor = this.#plan.sensors.find((one) => one.id === id)
    const reading = sensor ? this.#number(sensor) : unheard
    const { value, quality } = reading
    return { value: value === null ? null : millibar(Math.round(value)), quality }
  }

  #number(sensor: SensorPlan): SafetyReading<number> {
    if (sensor.source.kind !== 'mqtt') return this.#wired.sensor(sensor.id) ?? unheard
    const heard = this.#fresh(sensor.source.topic, sensor.staleMs)
    if (!heard) return unheard
    const value = valueIn(heard.values, sensor.unit)
    if (value === undefined) return { value: null, quality: 'bad' }
    const { range } = sensor
    const outside = range !== null && (value < range.low || value > range.high)
    return { value, quality: outside ? 'bad' : heard.quality }
  }

  #fresh(topic: string, staleMs: Millis): SensorWord | undefined {
    const heard = this.#heard.get(topic)
    return heard && this.#clock.mono() - heard.at <= staleMs ? heard.word : undefined
  }
}

const unheard: SafetyReading<never> = { value: null, quality: 'stale' }

/** The finite number whose name ends in the unit: `pct_lel`, `gasPctLel`, `bankMbar`. */
function valueIn(values: SensorWord['values'], unit: string): number | undefined {
  const ending = plain(unit)
  const found = Object.entries(values).find(([name]) => plain(name).endsWith(ending))?.[1]
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
