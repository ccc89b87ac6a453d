import type { Clock } from '@baari/shared/runtime/clock'
import { monoElapsed, seconds, type Mono } from '@baari/shared/units/time'
import type { Quality } from '../../domain/safety/safety-readings.ts'
import type { SensorReading } from '../../ports/sensor-reading.ts'
import type { DeviceMessage, Telemetry } from '../../ports/telemetry.ts'

/** A level that does not change is stored this often; a change of trust is stored at once. */
const storedEvery = seconds(10)

export type WiredRecordsParts = {
  /** The station's id, as in the topics of its devices. */
  readonly stationId: string
  /** Names this run of the node; the count of each sensor's records starts with it. */
  readonly boot: string
  readonly clock: Clock
  readonly telemetry: Pick<Telemetry, 'store'>
  readonly readings: () => readonly SensorReading[]
}

type Stored = { readonly quality: Quality; readonly at: Mono; readonly seq: number }
type Due = Stored & { readonly message: DeviceMessage }

/** From trusted to not: a record is no better than the worst of its values. */
const worstFirst: readonly Quality[] = ['stale', 'bad', 'uncertain', 'good']

/**
 * Puts what the node reads by wire beside the messages of the other sensors: durable, and on its
 * way to the cloud. A record that could not be stored is made anew at the next look.
 */
export class WiredRecords {
  readonly #parts: WiredRecordsParts
  readonly #stored = new Map<string, Stored>()

  constructor(parts: WiredRecordsParts) {
    this.#parts = parts
  }

  /** Stores what is due. Rejects when the telemetry does, with nothing counted as stored. */
  async look(): Promise<void> {
    const all = this.#parts.readings()
    const sensors = [...new Set(all.map(({ sensor }) => sensor))]
    const due = sensors.flatMap((sensor) => {
      return (
        this.#due(
          sensor,
          all.filter((reading) => reading.sensor === sensor),
        ) ?? []
      )
    })
    if (due.length === 0) return
    await this.#parts.telemetry.store(due.map(({ message }) => message))
    for (const { message, ...stored } of due) this.#stored.set(message.device, stored)
  }

  #due(sensor: string, readings: readonly SensorReading[]): Due | null {
    const { clock } = this.#parts
    const quality =
      worstFirst.find((one) => readings.some((reading) => reading.quality === one)) ?? 'stale'
    const before = this.#stored.get(sensor)
    const at = clock.mono()
    const fresh = before !== undefined && monoElapsed(before.at, at) < storedEvery
    if (fresh && before.quality === quality) return null
    const seq = before === undefined ? 0 : before.seq + 1
    return { quality, at, seq, message: this.#message(sensor, { readings, quality, seq }) }
  }

  #message(
    sensor: string,
    {
      readings,
      quality,
      seq,
    }: {
      readonly readings: readonly SensorReading[]
      readonly quality: Quality
      readonly seq: number
    },
  ): DeviceMessage {
    const { stationId, boot, clock } = this.#parts
    const now = clock.now()
    const values = Object.fromEntries(readings.map(({ name, value }) => [name, value]))
    return {
      kind: 'message',
      topic: `baari/v1/${stationId}/wired/${sensor}/data`,
      class: 'wired',
      device: sensor,
      type: 'data',
      ...{ boot, seq },
      deviceAtMs: now,
      receivedAt: now,
      payload: JSON.stringify({ q: quality, live: true, values }),
    }
  }
}
