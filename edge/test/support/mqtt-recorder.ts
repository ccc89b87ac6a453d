import { createConnection, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** One MQTT 3.1.1 control packet (section 2): its type, flags and body after the fixed header. */
type Packet = { readonly type: number; readonly flags: number; readonly body: Buffer }

const publish = 3
const puback = 4

/** Cuts a byte stream into packets; the bytes themselves are passed on untouched. */
class PacketReader {
  #bytes: Buffer = Buffer.alloc(0)

  take(chunk: Buffer): readonly Packet[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const packets: Packet[] = []
    for (let packet = this.#next(); packet; packet = this.#next()) packets.push(packet)
    return packets
  }

  #next(): Packet | undefined {
    let length = 0
    let at = 1
    for (let shift = 0; shift < 28; shift += 7, at += 1) {
      const byte = this.#bytes[at]
      if (byte === undefined) return undefined
      length |= (byte & 0x7f) << shift
      if ((byte & 0x80) === 0) break
    }
    const end = at + 1 + length
    const first = this.#bytes[0]
    if (first === undefined || this.#bytes.length < end) return undefined
    const body = this.#bytes.subarray(at + 1, end)
    this.#bytes = this.#bytes.subarray(end)
    return { type: first >> 4, flags: first & 0x0f, body }
  }
}

export type MqttRecorder = {
  readonly port: number
  /** `device/seq` of every reading whose PUBACK went by. */
  readonly acknowledged: ReadonlySet<string>
  close(): Promise<void>
}

/** A proxy in front of the broker that writes down which readings were acknowledged. */
export async function recordAcknowledgements(brokerPort: number): Promise<MqttRecorder> {
  const acknowledged = new Set<string>()
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = createConnection(brokerPort, '127.0.0.1')
    const open = new Map<number, string>()
    const fromClient = new PacketReader()
    const fromBroker = new PacketReader()
    for (const socket of [client, broker]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        broker.destroy()
        sockets.delete(socket)
      })
    }
    client.on('data', (bytes: Buffer) => {
      for (const packet of fromClient.take(bytes)) noteReading(packet, open)
      broker.write(bytes)
    })
    broker.on('data', (bytes: Buffer) => {
      for (const { type, body } of fromBroker.take(bytes)) {
        const reading = type === puback ? open.get(body.readUInt16BE(0)) : undefined
        if (reading !== undefined) acknowledged.add(reading)
      }
      client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    acknowledged,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** PUBLISH with QoS 1: topic, packet id, JSON payload (section 3.3). */
function noteReading({ type, flags, body }: Packet, open: Map<number, string>): void {
  if (type !== publish || (flags & 0x06) !== 0x02) return
  const topicEnd = 2 + body.readUInt16BE(0)
  const device = body.subarray(2, topicEnd).toString().split('/')[4] ?? ''
  const { seq } = JSON.parse(body.subarray(topicEnd + 2).toString()) as { seq: number }
  open.set(body.readUInt16BE(topicEnd), `${device}/${seq}`)
}
