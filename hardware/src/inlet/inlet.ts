import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket } from 'aedes'
import { writeToStream } from 'mqtt-packet'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, type Millis } from '@baari/shared/units/time'
import { fault } from '../transports/line-faults.ts'
import { DeviceRates, Quarantine } from './device-limits.ts'
import { GroupCommit } from './group-commit.ts'
import { GuardedSocket } from './guarded-socket.ts'
import {
  usualInletLimits,
  type Inlet,
  type InletCommand,
  type InletCounters,
  type InletLimits,
  type InletOptions,
} from './inlet-contract.ts'
import {
  quarantined,
  readMessage,
  topicOf,
  type Arrived,
  type InletRecord,
  type Topic,
} from './inlet-record.ts'
import { createSecureDoor } from './secure-door.ts'
import { Withheld, type WaitingClient } from './withheld.ts'

// At its first packet the codec would otherwise keep every number of two bytes as a buffer, 65,536 of
// them and 10 MB, to save the making of one per acknowledgement.
writeToStream.cacheNumbers = false

/** Shorter keep-alives would be cut while an acknowledgement is withheld. */
const shortestKeepAliveSeconds = 30
const assumedKeepAliveSeconds = 60
const alarmPauseMs = 60_000

/** The station's own MQTT broker as a durable inlet: an acknowledged message is on disk (B08). */
export async function startInlet(options: InletOptions): Promise<Inlet> {
  const inlet = new DurableInlet(options)
  await inlet.listen()
  return inlet
}

function listening(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}

class DurableInlet implements Inlet {
  readonly #options: InletOptions
  readonly #limits: InletLimits
  readonly #group: GroupCommit<InletRecord>
  readonly #rates: DeviceRates
  readonly #quarantine = new Quarantine()
  readonly #withheld: Withheld
  readonly #waiting = new WeakMap<Client, WaitingClient>()
  readonly #anonymous = new WeakSet<Client>()
  readonly #alarmedAtMs = new Map<string, number>()
  readonly #broker: Aedes
  readonly #server: Server
  readonly #secureServer: Server | null
  readonly #counters = {
    received: 0,
    stored: 0,
    quarantined: 0,
    dropped: 0,
    delayed: 0,
    failedGroups: 0,
    disconnected: 0,
    refusedConnections: 0,
  }

  constructor(options: InletOptions) {
    const { clock, store } = options
    this.#options = options
    this.#limits = { ...usualInletLimits, ...options.limits }
    this.#group = new GroupCommit({ clock, store })
    this.#rates = new DeviceRates(this.#limits.rate)
    this.#withheld = new Withheld(clock)
    this.#broker = new Aedes({
      maxClientsIdLength: 64,
      preConnect: (client, packet, done) => {
        const keepAlive = packet.keepalive ?? 0
        const accepted = keepAlive === 0 || keepAlive >= shortestKeepAliveSeconds
        if (accepted) this.#waiting.set(client, this.#waitingClient(client, keepAlive))
        else this.#counters.refusedConnections += 1
        done(accepted ? null : new Error('keep-alive below 30 s'), accepted)
      },
      authenticate: (client, ...[username, password, done]) => {
        const known = this.#authenticate(client, username, password)
        if (!known) this.#counters.refusedConnections += 1
        done(null, known)
      },
      authorizePublish: (client, packet, done) => this.#arrived(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const topic = topicOf(subscription.topic)
        const own = topic?.leaf === 'cmd' && this.#mayPublish(client, topic)
        done(null, own ? subscription : null)
      },
      // Nothing of one device reaches another; commands of the node have no client.
      authorizeForward: (_client, packet: AedesPublishPacket) =>
        topicOf(packet.topic)?.leaf === 'cmd' ? packet : null,
    })
    this.#server = createServer((socket) => this.#enterBy(socket, null))
    const { secure } = options
    this.#secureServer =
      secure === undefined
        ? null
        : createSecureDoor(secure.certificates, {
            onDevice: (socket, name) => this.#enterBy(socket, name),
            onRefused: (reason) => {
              this.#counters.refusedConnections += 1
              this.#alarm(fault('inlet_certificate', 'inlet', reason))
            },
          })
  }

  async listen(): Promise<void> {
    await this.#broker.listen()
    const { port, host = '127.0.0.1', secure } = this.#options
    await listening(this.#server, { port, host })
    if (this.#secureServer && secure) await listening(this.#secureServer, secure)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get securePort(): number | null {
    return this.#secureServer === null ? null : (this.#secureServer.address() as AddressInfo).port
  }

  counters(): InletCounters {
    return { ...this.#counters }
  }

  unstored(): number {
    return this.#group.size + this.#withheld.size
  }

  command(command: InletCommand): Promise<Result<void, Fault>> {
    const { deviceClass, device, id, expiresAt, body } = command
    const refusedBecause = (why: string) => err(fault('inlet_refused', device, why))
    if (expiresAt <= this.#options.clock.now()) {
      return Promise.resolve(refusedBecause('the command has expired'))
    }
    const topic = `baari/v1/${this.#options.station}/${deviceClass}/${device}/cmd`
    if (topicOf(topic) === null) return Promise.resolve(refusedBecause('no such topic'))
    const payload = Buffer.from(JSON.stringify({ id, expiresAtMs: expiresAt, body }))
    return new Promise((resolve) => {
      this.#broker.publish(
        { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false },
        (error) => resolve(error ? refusedBecause(error.message) : ok(undefined)),
      )
    })
  }

  async close(): Promise<void> {
    const servers = this.#secureServer ? [this.#server, this.#secureServer] : [this.#server]
    const closed = servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    )
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()))
    await Promise.all(closed)
  }

  #enterBy(socket: Socket, provenName: string | null): void {
    if (this.#broker.connectedClients >= this.#limits.mostConnections) {
      this.#counters.refusedConnections += 1
      socket.destroy()
    } else this.#broker.handle(new GuardedSocket(socket, provenName))
  }

  #waitingClient(client: Client, keepAliveSeconds: number): WaitingClient {
    const seconds = keepAliveSeconds === 0 ? assumedKeepAliveSeconds : keepAliveSeconds
    return {
      halfKeepAliveMs: millis(seconds * 500),
      disconnect: () => {
        this.#counters.disconnected += 1
        client.close()
      },
    }
  }

  #authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): boolean {
    const { authenticate } = this.#options
    const provenName = client.conn instanceof GuardedSocket ? client.conn.provenName : null
    if (provenName !== null) return provenName === client.id
    const nameless = username === undefined && password === undefined
    if (nameless && client.conn instanceof GuardedSocket && client.conn.loopback) {
      this.#anonymous.add(client)
      return true
    }
    const credentials = {
      client: client.id,
      username: username ?? null,
      password: password ?? null,
    }
    return authenticate?.(credentials) ?? false
  }

  #mayPublish(client: Client, topic: Topic): boolean {
    if (topic.station !== this.#options.station) return false
    if (this.#anonymous.has(client)) return true
    return this.#options.mayPublish?.(client.id, topic) ?? topic.device === client.id
  }

  /** `done` without an error acknowledges; it is called when the record is on disk, or never. */
  #arrived(client: Client | null, packet: PublishPacket, done: () => void): void {
    const waiting = client === null ? undefined : this.#waiting.get(client)
    if (client === null || waiting === undefined) {
      done()
      return
    }
    this.#counters.received += 1
    const { clock } = this.#options
    const delay = this.#delay(packet)
    if (delay === null) {
      this.#counters.dropped += 1
      silence(packet)
      done()
      return
    }
    const record = this.#read(client, packet)
    silence(packet)
    this.#options.onRecord?.(record)
    const enter = (): void => this.#enter(record, waiting, done)
    if (delay === 0) enter()
    else {
      this.#counters.delayed += 1
      clock.after('inlet-rate', delay, enter)
    }
  }

  /** Null for a message that may be lost and comes too fast (B03). */
  #delay(packet: PublishPacket): Millis | null {
    const now = this.#options.clock.mono()
    const device = topicOf(packet.topic)?.device ?? '?'
    if (packet.qos === 0) return this.#rates.tryTake(device, now) ? millis(0) : null
    return this.#rates.takeLater(device, now)
  }

  #read(client: Client, packet: PublishPacket): InletRecord {
    const { clock, station } = this.#options
    const arrived: Arrived = {
      client: client.id,
      topic: packet.topic,
      payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
      retained: packet.retain && !/(birth|death)$/.test(packet.topic),
      receivedAt: clock.now(),
    }
    const now = clock.mono()
    if (this.#quarantine.holds(client.id, now)) return quarantined(arrived, 'device-quarantined')
    const mayPublish = (_client: string, topic: Topic): boolean => this.#mayPublish(client, topic)
    const record = readMessage(arrived, { station, mayPublish })
    if (record.kind !== 'quarantine') return record
    if (record.reason === 'foreign-topic' || record.reason === 'command') {
      this.#alarm(fault('inlet_refused', client.id, `${record.reason}: ${record.topic}`))
    }
    if (this.#quarantine.mistake(client.id, now)) {
      this.#alarm(fault('inlet_refused', client.id, 'ten bad messages in a minute: quarantined'))
    }
    return record
  }

  #enter(record: InletRecord, waiting: WaitingClient, done: () => void): void {
    const tries = (): boolean => {
      if (this.#group.size >= this.#limits.mostUnstored) return false
      this.#group.add(record, (stored) => this.#committed({ record, stored, waiting, done }))
      return true
    }
    if (this.#withheld.size === 0 && tries()) return
    this.#alarm(fault('inlet_withheld', 'inlet', `${this.#group.size} messages are not stored`))
    this.#withheld.hold(waiting, tries)
  }

  #committed(group: {
    readonly record: InletRecord
    readonly stored: boolean
    readonly waiting: WaitingClient
    readonly done: () => void
  }): void {
    const { record, stored, waiting, done } = group
    if (stored) {
      this.#counters.stored += 1
      if (record.kind === 'quarantine') this.#counters.quarantined += 1
      done()
    } else {
      // Never an error to the broker: the device sends again on its next connection.
      this.#counters.failedGroups += 1
      this.#alarm(fault('disk_full', 'inlet', 'the store refused a group'))
      waiting.disconnect()
    }
    this.#withheld.release()
  }

  #alarm(raised: Fault): void {
    const key = `${raised.code}:${raised.device}`
    const now = this.#options.clock.mono()
    const last = this.#alarmedAtMs.get(key)
    if (last !== undefined && now - last < alarmPauseMs) return
    this.#alarmedAtMs.set(key, now)
    const [oldest] = this.#alarmedAtMs.keys()
    if (this.#alarmedAtMs.size > 1_024 && oldest !== undefined) this.#alarmedAtMs.delete(oldest)
    this.#options.onFault?.(raised)
  }
}

/**
 * The store is the memory of the inlet: nothing a device publishes is kept or forwarded by the
 * broker, so that a foreign command or a stale retained value can reach nobody (B02, B06).
 */
function silence(packet: PublishPacket): void {
  packet.topic = 'baari/v1/stored'
  packet.retain = false
  packet.payload = Buffer.alloc(0)
}
