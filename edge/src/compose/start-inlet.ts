import { startInlet as startBroker, type InletCounters } from '@baari/hardware/inlet/inlet'
import type { InletMessage, InletRecord } from '@baari/hardware/inlet/inlet-record'
import type { Clock } from '@baari/shared/runtime/clock'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { SensorWord } from '../app/safety/sensor-board.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts'

export type StartInlet = {
  readonly at: { readonly host: string; readonly port: number }
  readonly stationId: string
  readonly telemetry: Telemetry
  /** Present values, told before they are stored: a gas alarm waits for no disk. */
  readonly onWord: (word: SensorWord) => void
  readonly clock: Clock
  readonly alarms: AlarmDesk
  readonly metrics: Metrics
}

/**
 * The station's MQTT broker over the telemetry thread: an acknowledged message is on disk. Devices
 * come in anonymously on loopback only; credentials per device are the next step of enrolment.
 */
export async function startInlet(
  parts: StartInlet,
): Promise<Result<{ readonly port: number; stop(): Promise<void> }, string>> {
  const { at, stationId, telemetry, onWord, alarms, clock, metrics } = parts
  try {
    const inlet = await startBroker({
      ...at,
      station: stationId,
      clock,
      store: async (records) => {
        await telemetry.store(records.map(telemetryRecordOf))
      },
      onRecord: (record) => {
        const word = wordOf(record)
        if (word) onWord(word)
      },
      onFault: ({ code, device, hint }) =>
        alarms.raise({ source: 'inlet', code, subject: device, detail: hint }),
    })
    countInlet(metrics, () => ({ ...inlet.counters(), unstored: inlet.unstored() }))
    return ok({ port: inlet.port, stop: () => inlet.close() })
  } catch (error) {
    return err(cannotListen(error, at))
  }
}

function cannotListen(error: unknown, { host, port }: StartInlet['at']): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'EADDRINUSE'
    ? `MQTT port ${port} on ${host} is in use: stop the other broker or set BAARI_MQTT_PORT`
    : `cannot open the MQTT inlet on ${host}:${port}: ${message}`
}

function telemetryRecordOf(record: InletRecord): TelemetryRecord {
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
function wordOf(record: InletRecord): SensorWord | undefined {
  if (record.kind !== 'data' && record.kind !== 'event') return undefined
  if (!record.live) return undefined
  const { deviceClass, device, boot, seq, quality, values } = record
  return { deviceClass, device, boot, seq, quality, values }
}

type Counted = InletCounters & { readonly unstored: number }

function countInlet(metrics: Metrics, read: () => Counted): void {
  const names = ['received', 'stored', 'quarantined', 'dropped', 'delayed', 'disconnected'] as const
  metrics.gauge({
    name: 'baari_inlet_messages_total',
    help: 'Sensor messages by what became of them.',
    grows: true,
    label: 'outcome',
    read: () => {
      const counters = read()
      return Object.fromEntries(names.map((name) => [name, counters[name]]))
    },
  })
  metrics.gauge({
    name: 'baari_inlet_unstored_messages',
    help: 'Messages received and not yet on disk.',
    read: () => ({ now: read().unstored }),
  })
}
