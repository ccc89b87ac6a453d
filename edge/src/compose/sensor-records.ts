import type { InletMessage, InletRecord } from '@baari/hardware/inlet/inlet-record'
import type { SensorWord } from '../app/safety/sensor-board.ts'
import type { TelemetryRecord } from '../ports/telemetry.ts'

/** A message as the telemetry store keeps it; what could not be read by its first bytes. */
export function telemetryRecordOf(record: InletRecord): TelemetryRecord {
  if (record.kind === 'quarantine') {
    const { topic, client, reason, receivedAt, headHex } = record
    const payload = Buffer.from(headHex, 'hex')
    return { kind: 'unreadable', topic, device: client, reason, receivedAt, payload }
  }
  return messageOf(record)
}

function messageOf(record: InletMessage): TelemetryRecord {
  const { kind, station, deviceClass, device, boot, seq, sentAt, receivedAt } = record
  const { quality, live, values } = record
  return {
    kind: 'message',
    topic: `baari/v1/${station}/${deviceClass}/${device}/${kind}`,
    class: deviceClass,
    device,
    type: kind,
    boot,
    // Birth and death begin and end a boot; they are no part of its count.
    seq: kind === 'birth' || kind === 'death' ? null : seq,
    deviceAtMs: sentAt,
    receivedAt,
    payload: JSON.stringify({ q: quality, live, values }),
  }
}

/** Only live data and events say what is the case now (B02). */
export function wordOf(record: InletRecord): SensorWord | undefined {
  if (record.kind !== 'data' && record.kind !== 'event') return undefined
  if (!record.live) return undefined
  const { deviceClass, device, boot, seq, quality, values } = record
  return { deviceClass, device, boot, seq, quality, values }
}
