import { startInlet as startBroker, type InletCounters } from '@baari/hardware/inlet/inlet'
import type { Clock } from '@baari/shared/runtime/clock'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { SensorWord } from '../app/safety/sensor-board.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { telemetryRecordOf, wordOf } from './sensor-records.ts'

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
