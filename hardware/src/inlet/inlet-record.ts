import type { MessageCode } from '@baari/shared/faults/catalogue'
import { instant, type Instant } from '@baari/shared/units/time'
import { z } from 'zod'
import type { Quality } from '../ports/reading.ts'

export const inletKinds = ['birth', 'data', 'event', 'ack', 'death'] as const
export type InletKind = (typeof inletKinds)[number]

export type InletValue = number | string | boolean | null

/** A message that fits the contract. The store keeps one per (device, boot, seq) and kind (B05). */
export type InletMessage = {
  readonly kind: InletKind
  readonly station: string
  readonly deviceClass: string
  readonly device: string
  /** Boot of the device; a death of another boot says nothing about this one (B07). */
  readonly boot: string
  readonly seq: number
  readonly sentAt: Instant
  readonly receivedAt: Instant
  readonly quality: Quality
  /** False for a retained or old message: stored, but never a present value (B02). */
  readonly live: boolean
  /** Values by name; a name ends in its unit. */
  readonly values: Readonly<Record<string, InletValue>>
}

/** What was acknowledged without being believed: stored apart and counted (B04). */
export type QuarantinedMessage = {
  readonly kind: 'quarantine'
  readonly reason: MessageCode | 'foreign-topic' | 'command' | 'device-quarantined'
  readonly client: string
  readonly topic: string
  readonly receivedAt: Instant
  readonly bytes: number
  /** The first 256 bytes. */
  readonly headHex: string
}

export type InletRecord = InletMessage | QuarantinedMessage

/** Payloads of the table in hardware.md section 8. */
const payloadSchema = z.strictObject({
  boot: z.string().min(1).max(64),
  seq: z.int().min(0),
  ts: z.int().min(0),
  q: z.enum(['good', 'uncertain', 'bad', 'stale']),
  values: z
    .record(
      z.string().min(1).max(64),
      z.union([z.number(), z.string().max(1_024), z.boolean(), z.null()]),
    )
    .refine((values) => Object.keys(values).length <= 64, 'at most 64 values')
    .default({}),
})

/** Largest payload that is read. */
export const longestPayloadBytes = 16 * 1024
/** Older messages are history. */
const liveWithinMs = 60_000
const headBytes = 256

export type Topic = {
  readonly station: string
  readonly deviceClass: string
  readonly device: string
  readonly leaf: string
}

const segment = '([A-Za-z0-9_.-]{1,64})'
const topicForm = new RegExp(`^baari/v1/${segment}/${segment}/${segment}/([a-z]{1,16})$`)

/** `baari/v1/{station}/{class}/{device}/{leaf}`, or null. */
export function topicOf(text: string): Topic | null {
  const match = topicForm.exec(text)
  if (match === null) return null
  const [, station = '', deviceClass = '', device = '', leaf = ''] = match
  return { station, deviceClass, device, leaf }
}

export type Arrived = {
  readonly client: string
  readonly topic: string
  readonly payload: Uint8Array
  readonly retained: boolean
  readonly receivedAt: Instant
}

export type Acceptance = {
  readonly station: string
  /** Whether this client may speak for this device (B06). */
  readonly mayPublish: (client: string, topic: Topic) => boolean
}

/** Reads one message; what does not fit becomes a quarantine record, never an exception. */
export function readMessage(arrived: Arrived, rules: Acceptance): InletRecord {
  const topic = topicOf(arrived.topic)
  if (topic === null || topic.station !== rules.station)
    return quarantined(arrived, 'foreign-topic')
  if (!rules.mayPublish(arrived.client, topic)) return quarantined(arrived, 'foreign-topic')
  // Commands come from the node alone; one that arrives here is refused, retained or not (B02).
  if (topic.leaf === 'cmd') return quarantined(arrived, 'command')
  const kind = inletKinds.find((known) => known === topic.leaf)
  if (kind === undefined) return quarantined(arrived, 'foreign-topic')
  if (arrived.payload.length > longestPayloadBytes) return quarantined(arrived, 'too_long')
  const parsed = payloadSchema.safeParse(jsonOf(arrived.payload))
  if (!parsed.success) return quarantined(arrived, 'malformed')
  const { boot, seq, ts, q, values } = parsed.data
  const age = arrived.receivedAt - ts
  const { station, deviceClass, device } = topic
  return {
    kind,
    station,
    deviceClass,
    device,
    boot,
    seq,
    sentAt: instant(ts),
    receivedAt: arrived.receivedAt,
    quality: q,
    live: !arrived.retained && age <= liveWithinMs && age >= -liveWithinMs,
    values,
  }
}

export function quarantined(
  arrived: Arrived,
  reason: QuarantinedMessage['reason'],
): QuarantinedMessage {
  return {
    kind: 'quarantine',
    reason,
    client: arrived.client,
    topic: arrived.topic.slice(0, 256),
    receivedAt: arrived.receivedAt,
    bytes: arrived.payload.length,
    headHex: Buffer.from(arrived.payload.subarray(0, headBytes)).toString('hex'),
  }
}

/** Undefined for what is no JSON; the schema refuses that. */
function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return undefined
  }
}
