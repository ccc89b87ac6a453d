import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import { generate } from 'mqtt-packet'
import type { Fault } from '@baari/shared/faults/no'
import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { fault } from '../transports/line-faults.ts'
import { Quarantine } from './device-limits.ts'
import { GroupCommit } from './group-commit.ts'
import {
  inletKinds,
  quarantined,
  readMessage,
  topicOf,
  type Arrived,
  type InletRecord,
} from './inlet-record.ts'
import { RareAlarms } from './rare-alarms.ts'

/** What the node shows a broker that asks for certificates, as PEM texts. */
export type SiteBrokerCertificates = {
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
}

export type SiteBrokerOptions = {
  /** `mqtt://` or `mqtts://`, of a broker that speaks MQTT 5. */
  readonly url: string
  /** Name of the node's session, kept by the broker while the node is away. */
  readonly clientId: string
  readonly station: string
  readonly clock: Clock
  readonly prng: Prng
  readonly certificates?: SiteBrokerCertificates
  /** Resolves when the rows are on disk, and only then are they acknowledged; drops known rows. */
  readonly store: (rows: readonly InletRecord[]) => Promise<void>
  /** Called for each message when it was read, before it is stored. */
  readonly onRecord?: (record: InletRecord) => void
  /** Raised once per cause and minute. */
  readonly onFault?: (fault: Fault) => void
}

export type SiteBrokerCounters = {
  readonly received: number
  readonly stored: number
  readonly quarantined: number
  /** QoS 0 while too much waits for the disk. */
  readonly dropped: number
  /** Groups the store refused; the broker sends them again. */
  readonly failedGroups: number
  readonly connections: number
}

export type SiteBroker = {
  online(): boolean
  counters(): SiteBrokerCounters
  /** Messages received and not stored yet. */
  unstored(): number
  close(): Promise<void>
}

/** Unacknowledged messages that the broker may have on the wire (MQTT 5, receive maximum). */
export const mostInFlight = 200
/** QoS 0 that may wait for the disk besides. */
const mostUnacknowledged = 5_000
/** The broker keeps what devices send for a week without us. */
const sessionSeconds = 7 * 24 * 3_600
const shortestPauseMs = 500
const longestPauseMs = 15_000

/**
 * The broker of a site as a durable inlet (hardware.md section 8): MQTT 5, a session that outlives
 * the connection, at most 200 messages on their way, each acknowledged by hand when the group it
 * lies in is on disk. Never throws for what the broker does; it tries for ever.
 */
export function openSiteBroker(options: SiteBrokerOptions): SiteBroker {
  return new SiteBrokerInlet(options)
}

class SiteBrokerInlet implements SiteBroker {
  readonly #options: SiteBrokerOptions
  readonly #client: MqttClient
  readonly #group: GroupCommit<InletRecord>
  readonly #quarantine = new Quarantine()
  readonly #alarms: RareAlarms
  #pauseMs = shortestPauseMs
  readonly #counters = {
    ...{ received: 0, stored: 0, quarantined: 0, dropped: 0, failedGroups: 0, connections: 0 },
  }

  constructor(options: SiteBrokerOptions) {
    const { clock, store, url } = options
    this.#options = options
    this.#group = new GroupCommit({ clock, store })
    this.#alarms = new RareAlarms(clock, (raised) => options.onFault?.(raised))
    this.#client = connect(url, connectOptions(options))
    this.#client.handleMessage = (packet, done) => this.#arrived(packet, done)
    this.#client.on('connect', () => this.#connected())
    this.#client.on('error', (error) => this.#unreachable(error))
    this.#client.on('close', () => this.#waitLonger())
  }

  online(): boolean {
    return this.#client.connected
  }

  counters(): SiteBrokerCounters {
    return { ...this.#counters }
  }

  unstored(): number {
    return this.#group.size
  }

  /** What is not acknowledged yet comes again with the next connection. */
  async close(): Promise<void> {
    await this.#client.endAsync(true)
  }

  #connected(): void {
    this.#counters.connections += 1
    this.#pauseMs = shortestPauseMs
    const { station } = this.#options
    // Commands are the node's own; it does not listen to them.
    const topics = inletKinds.map((kind) => `baari/v1/${station}/+/+/${kind}`)
    // Retained ones come once, when the session is new; later they would be told as news again.
    this.#client.subscribe(topics, { qos: 1, rh: 1 }, (error, granted) => {
      const refused = granted?.filter(({ qos }) => qos >= 128) ?? []
      if (error) this.#unreachable(error)
      else if (refused.length > 0) {
        this.#unreachable(new Error(`not allowed to read ${refused[0]?.topic ?? 'the topics'}`))
      }
    })
  }

  /**
   * The client reads one message at a time and would wait for each acknowledgement; an error given
   * to `done` lets it go on without sending one.
   */
  #arrived(packet: IPublishPacket, done: (error?: Error) => void): void {
    this.#counters.received += 1
    if (packet.qos === 0) {
      if (this.#group.size >= mostUnacknowledged) this.#counters.dropped += 1
      else this.#enter(packet, () => undefined)
      return done()
    }
    const connection = this.#client.stream
    this.#enter(packet, () => {
      // The number is of that connection: in a later one it may name another message.
      if (this.#client.stream !== connection || connection.destroyed) return
      connection.write(generate({ cmd: 'puback', ...numberOf(packet), reasonCode: 0 }, mqtt5))
    })
    done(acknowledgedLater)
  }

  #enter(packet: IPublishPacket, acknowledge: () => void): void {
    const record = this.#read(packet)
    this.#options.onRecord?.(record)
    const connection = this.#client.stream
    this.#group.add(record, (stored) => {
      if (stored) {
        this.#counters.stored += 1
        if (record.kind === 'quarantine') this.#counters.quarantined += 1
        return acknowledge()
      }
      this.#counters.failedGroups += 1
      this.#alarms.raise(fault('disk_full', 'inlet', 'the store refused a group'))
      // A broker sends again what is unacknowledged only to a new connection.
      if (this.#client.stream === connection) connection.destroy()
    })
  }

  /** Who published is the broker's to know, so the device is the one that the topic names. */
  #read(packet: IPublishPacket): InletRecord {
    const { clock, station } = this.#options
    const { topic, payload, retain } = packet
    const device = topicOf(topic)?.device ?? '?'
    const arrived: Arrived = {
      ...{ client: device, topic, receivedAt: clock.now() },
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      retained: retain && !/(birth|death)$/.test(topic),
    }
    const now = clock.mono()
    if (this.#quarantine.holds(device, now)) return quarantined(arrived, 'device-quarantined')
    const record = readMessage(arrived, { station, mayPublish: () => true })
    if (record.kind === 'quarantine' && this.#quarantine.mistake(device, now)) {
      this.#alarms.raise(
        fault('inlet_refused', device, 'ten bad messages in a minute: quarantined'),
      )
    }
    return record
  }

  #unreachable(error: Error): void {
    const { code } = error as NodeJS.ErrnoException
    const why = [code, error.message].filter(Boolean).join(': ')
    this.#alarms.raise(fault('inlet_unreachable', 'inlet', `${hostOf(this.#options.url)}: ${why}`))
  }

  #waitLonger(): void {
    const { prng } = this.#options
    this.#client.options.reconnectPeriod = Math.round(this.#pauseMs * (0.5 + prng.next() / 2))
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
  }
}

const mqtt5 = { protocolVersion: 5 } as const
const acknowledgedLater = new Error('acknowledged when it is on disk')

function connectOptions({ clientId, certificates }: SiteBrokerOptions): IClientOptions {
  return {
    ...{ clientId, protocolVersion: 5, clean: false, keepalive: 60, connectTimeout: 10_000 },
    ...{ resubscribe: false, reconnectPeriod: shortestPauseMs },
    properties: { receiveMaximum: mostInFlight, sessionExpiryInterval: sessionSeconds },
    ...(certificates === undefined
      ? {}
      : {
          ca: certificates.caPem,
          cert: certificates.certPem,
          key: certificates.keyPem,
          minVersion: 'TLSv1.2' as const,
          rejectUnauthorized: true,
        }),
  }
}

/** QoS 1 has a number; the parser's type allows for QoS 0. */
function numberOf({ messageId }: IPublishPacket): { messageId?: number } {
  return messageId === undefined ? {} : { messageId }
}

/** Without a name and password that stand in the URL. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the broker of the site'
}
