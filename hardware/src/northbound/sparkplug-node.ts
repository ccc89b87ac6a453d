import { connect, type MqttClient } from 'mqtt'
import { z } from 'zod'
import type { Fault } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Instant } from '@baari/shared/units/time'
import { RareAlarms } from '../inlet/rare-alarms.ts'
import { fault } from '../transports/line-faults.ts'
import { changesOf, named, needsBirth, type Change, type Snapshot } from './metrics.ts'
import { asksForRebirth, encodePayload, rebirthControl } from './payload.ts'

export type SparkplugOptions = {
  /** `mqtt://` or `mqtts://`. */
  readonly url: string
  readonly group: string
  /** Name of the edge node: the station's id. */
  readonly node: string
  /** A primary host without which nothing is told; null tells at once. */
  readonly host: string | null
  readonly clock: Clock
  readonly onFault?: (fault: Fault) => void
}

export type SparkplugCounters = {
  readonly births: number
  readonly changes: number
  /** Changes of a time without a listener that were told afterwards. */
  readonly historical: number
  /** The oldest of them, when there were more than are kept. */
  readonly forgotten: number
  /** Commands other than a rebirth: nothing of a station is commanded from here. */
  readonly refusedCommands: number
}

export type SparkplugNode = {
  /** The station as it is now; what changed since the last call is told. */
  show(snapshot: Snapshot): void
  /** Whether a host can see us: born, and not dead since. */
  born(): boolean
  counters(): SparkplugCounters
  close(): Promise<void>
}

/** Changes kept while nobody listens; then the oldest give way. */
const mostKept = 2_000

/**
 * The station as an edge node of Sparkplug B 3.0: births, data, deaths, one sequence over all of
 * them, rebirth on request, the state of a primary host, and what happened meanwhile as history.
 * It takes no commands of dispensers. Optional and northbound: the station never waits for it.
 */
export function openSparkplugNode(options: SparkplugOptions): SparkplugNode {
  return new EdgeNode(options)
}

const stateMessage = z.object({ online: z.boolean(), timestamp: z.number() })

class EdgeNode implements SparkplugNode {
  readonly #options: SparkplugOptions
  readonly #client: MqttClient
  readonly #alarms: RareAlarms
  #shown: Snapshot | null = null
  #kept: readonly Change[] = []
  #born = false
  #hostOnline: boolean
  #hostSaidAt = 0
  #seq = 0
  /** Of the connection that is open or being opened; its will says the same. */
  #bdSeq = 0
  readonly #counters = { births: 0, changes: 0, historical: 0, forgotten: 0, refusedCommands: 0 }

  constructor(options: SparkplugOptions) {
    const { url, node, clock, onFault } = options
    this.#options = options
    this.#hostOnline = options.host === null
    this.#alarms = new RareAlarms(clock, (raised) => onFault?.(raised))
    this.#client = connect(url, {
      ...{ clientId: `baari-sparkplug-${node}`, clean: true, keepalive: 30, resubscribe: false },
      ...{ reconnectPeriod: 2_000, connectTimeout: 10_000, queueQoSZero: false },
      will: this.#death(),
    })
    this.#client.on('connect', () => this.#connected())
    this.#client.on('close', () => this.#lost())
    this.#client.on('message', (topic, payload) => this.#heard(topic, payload))
    this.#client.on('error', (error) => this.#unreachable(error))
  }

  born(): boolean {
    return this.#born
  }

  counters(): SparkplugCounters {
    return { ...this.#counters }
  }

  show(snapshot: Snapshot): void {
    const before = this.#shown
    this.#shown = snapshot
    if (before === null) return this.#bear()
    if (this.#born && needsBirth(before, snapshot)) return this.#bear()
    const changes = changesOf(before, snapshot, this.#options.clock.now())
    if (!this.#born) return this.#keep(changes)
    for (const change of changes) this.#tell(change)
  }

  async close(): Promise<void> {
    if (this.#born) await this.#client.publishAsync(this.#topic('NDEATH'), this.#deathPayload())
    this.#born = false
    await this.#client.endAsync()
  }

  #connected(): void {
    const { host } = this.#options
    const topics = [this.#topic('NCMD'), ...(host === null ? [] : [`spBv1.0/STATE/${host}`])]
    this.#client.subscribe(topics, { qos: 1 }, (error) => {
      if (error) this.#unreachable(error)
      // A host's state is retained, so it comes right behind; without a host we are born now.
      else this.#bear()
    })
  }

  /** The broker tells our death by the will; the next connection has the next number. */
  #lost(): void {
    this.#born = false
    if (this.#options.host !== null) this.#hostOnline = false
    this.#bdSeq = (this.#bdSeq + 1) % 256
    this.#client.options.will = this.#death()
  }

  #heard(topic: string, payload: Buffer): void {
    if (topic === this.#topic('NCMD')) return this.#commanded(payload)
    const state = stateMessage.safeParse(jsonOf(payload))
    if (!state.success || state.data.timestamp < this.#hostSaidAt) return
    this.#hostSaidAt = state.data.timestamp
    this.#hostOnline = state.data.online
    if (state.data.online && !this.#born) this.#bear()
    else if (!state.data.online && this.#born) this.#die()
  }

  #commanded(payload: Buffer): void {
    if (asksForRebirth(payload) === true) {
      if (this.#born) this.#bear()
      return
    }
    this.#counters.refusedCommands += 1
    this.#alarms.raise(fault('inlet_refused', 'sparkplug', 'a command that is no rebirth'))
  }

  /** The host is gone: we die, and connect anew to wait for it. */
  #die(): void {
    this.#born = false
    this.#client.publish(this.#topic('NDEATH'), this.#deathPayload(), { qos: 0 }, () =>
      this.#client.stream.destroy(),
    )
  }

  #bear(): void {
    const snapshot = this.#shown
    if (snapshot === null || !this.#client.connected || !this.#hostOnline) return
    const at = this.#options.clock.now()
    this.#seq = 0
    this.#counters.births += 1
    const control = { name: rebirthControl, type: 'Boolean', value: false } as const
    this.#send(this.#topic('NBIRTH'), {
      ...{ at, metrics: [control, ...named(snapshot.node)], bdSeq: this.#bdSeq },
    })
    for (const [device, metrics] of Object.entries(snapshot.devices)) {
      this.#send(this.#topic('DBIRTH', device), { at, metrics: named(metrics) })
    }
    this.#born = true
    const kept = this.#kept
    this.#kept = []
    for (const change of kept) this.#tell(change, true)
  }

  #tell({ device, at, metrics }: Change, historical = false): void {
    if (historical) this.#counters.historical += 1
    this.#counters.changes += 1
    const topic = device === null ? this.#topic('NDATA') : this.#topic('DDATA', device)
    this.#send(topic, { at, metrics, historical })
  }

  #keep(changes: readonly Change[]): void {
    const all = [...this.#kept, ...changes]
    this.#counters.forgotten += Math.max(0, all.length - mostKept)
    this.#kept = all.slice(-mostKept)
  }

  #send(topic: string, parts: Omit<Parameters<typeof encodePayload>[0], 'seq'>): void {
    const payload = encodePayload({ ...parts, seq: this.#seq })
    this.#seq = (this.#seq + 1) % 256
    this.#client.publish(topic, payload, { qos: 0, retain: false })
  }

  #death() {
    return {
      topic: this.#topic('NDEATH'),
      payload: this.#deathPayload(),
      qos: 1,
      retain: false,
    } as const
  }

  #deathPayload(at: Instant = this.#options.clock.now()): Buffer {
    return encodePayload({ at, metrics: [], bdSeq: this.#bdSeq })
  }

  #topic(
    kind: 'NBIRTH' | 'NDATA' | 'NDEATH' | 'NCMD' | 'DBIRTH' | 'DDATA',
    device?: string,
  ): string {
    const { group, node } = this.#options
    return ['spBv1.0', group, kind, node, ...(device === undefined ? [] : [device])].join('/')
  }

  #unreachable(error: Error): void {
    this.#alarms.raise(fault('inlet_unreachable', 'sparkplug', error.message))
  }
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    return undefined
  }
}
