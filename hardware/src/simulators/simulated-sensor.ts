import { connectAsync, type MqttClient } from 'mqtt'
import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { wholeBetween } from '@baari/shared/testing/seeded-prng'
import { millis, type Millis } from '@baari/shared/units/time'
import type { InletKind, InletValue } from '../inlet/inlet-record.ts'
import type { Quality } from '../ports/reading.ts'

export type SimulatedSensorOptions = {
  /** `mqtt://127.0.0.1:1883` */
  readonly url: string
  readonly station: string
  readonly deviceClass: string
  readonly device: string
  /** Names this run of the device; its sequence starts at 0 with it. */
  readonly boot: string
  readonly clock: Clock
  readonly username?: string
  readonly password?: string
  /** Chance of the pause before a reconnect; without it every pause is the middle one. */
  readonly prng?: Prng
}

/**
 * The pause before the next try, 125 to 375 ms. After a restart of the broker forty sensors must
 * not come back in the same moment (B01).
 */
export function reconnectPause(prng: Prng): Millis {
  return millis(wholeBetween(prng, 125, 375))
}

/** A field device that speaks the inlet's contract, its last will included. */
export class SimulatedSensor {
  readonly #options: SimulatedSensorOptions
  readonly #client: MqttClient
  #seq = 0
  #commands: readonly string[] = []

  private constructor(options: SimulatedSensorOptions, client: MqttClient) {
    this.#options = options
    this.#client = client
    const { prng } = options
    // Taken at the next loss of the connection.
    if (prng) client.on('connect', () => (client.options.reconnectPeriod = reconnectPause(prng)))
    client.on('message', (_topic, payload) => {
      this.#commands = [...this.#commands, payload.toString()].slice(-64)
    })
  }

  static async connect(options: SimulatedSensorOptions): Promise<SimulatedSensor> {
    const { url, device, username, password, prng } = options
    const client = await connectAsync(url, {
      clientId: device,
      keepalive: 60,
      reconnectPeriod: prng ? reconnectPause(prng) : 250,
      will: {
        topic: topicOfLeaf(options, 'death'),
        payload: Buffer.from(payloadOf(options, { seq: 0, quality: 'bad', values: {} })),
        qos: 1,
        retain: true,
      },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    })
    return new SimulatedSensor(options, client)
  }

  /** Resolves when the broker acknowledged it. */
  async publish(
    kind: InletKind,
    values: Readonly<Record<string, InletValue>>,
    quality: Quality = 'good',
  ): Promise<number> {
    const seq = this.#seq
    this.#seq += 1
    const payload = payloadOf(this.#options, { seq, quality, values })
    await this.#client.publishAsync(topicOfLeaf(this.#options, kind), payload, {
      qos: 1,
      retain: kind === 'birth',
    })
    return seq
  }

  async listenForCommands(): Promise<void> {
    await this.#client.subscribeAsync(topicOfLeaf(this.#options, 'cmd'), { qos: 1 })
  }

  /** Payloads of the commands received, oldest first. */
  commands(): readonly string[] {
    return this.#commands
  }

  async close(): Promise<void> {
    await this.#client.endAsync()
  }

  /** Vanishes without a word, so that the last will speaks. */
  vanish(): void {
    this.#client.options.reconnectPeriod = 0
    this.#client.stream.destroy()
  }
}

function topicOfLeaf(options: SimulatedSensorOptions, leaf: string): string {
  return `baari/v1/${options.station}/${options.deviceClass}/${options.device}/${leaf}`
}

function payloadOf(
  options: SimulatedSensorOptions,
  content: {
    readonly seq: number
    readonly quality: Quality
    readonly values: Readonly<Record<string, InletValue>>
  },
): string {
  const { seq, quality, values } = content
  return JSON.stringify({ boot: options.boot, seq, ts: options.clock.now(), q: quality, values })
}
