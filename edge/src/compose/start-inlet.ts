import { startInlet as startBroker } from '@baari/hardware/inlet/inlet'
import type { InletCounters, InletOptions } from '@baari/hardware/inlet/inlet-contract'
import type { Clock } from '@baari/shared/runtime/clock'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { readCertificates } from '../adapters/system/certificate-folder.ts'
import type { SensorWord } from '../app/safety/sensor-board.ts'
import type { AlarmDesk } from '../ports/alarm-desk.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { telemetryRecordOf, wordOf } from './sensor-records.ts'

export type StartInlet = {
  readonly at: {
    readonly host: string
    readonly port: number
    readonly secure: {
      readonly host: string
      readonly port: number
      readonly folder: string
    } | null
  }
  readonly stationId: string
  readonly telemetry: Telemetry
  /** Present values, told before they are stored: a gas alarm waits for no disk. */
  readonly onWord: (word: SensorWord) => void
  readonly clock: Clock
  readonly alarms: AlarmDesk
  readonly metrics: Metrics
}

type StartedInlet = {
  readonly port: number
  /** Null when no door for certificates is open. */
  readonly securePort: number | null
  stop(): Promise<void>
}

/**
 * The station's MQTT broker over the telemetry thread: an acknowledged message is on disk. Devices
 * come in anonymously on loopback only, and from elsewhere with a certificate of their own.
 */
export async function startInlet(parts: StartInlet): Promise<Result<StartedInlet, string>> {
  const { at, stationId, telemetry, onWord, alarms, clock, metrics } = parts
  try {
    const inlet = await startBroker({
      host: at.host,
      port: at.port,
      ...secureDoorOf(parts),
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
    return ok({
      port: inlet.port,
      securePort: inlet.securePort,
      stop: () => inlet.close(),
    })
  } catch (error) {
    return err(cannotListen(error, at))
  }
}

/** Without usable certificates the devices elsewhere stay out and the station goes on (B09). */
function secureDoorOf({ at, clock, alarms }: StartInlet): Pick<InletOptions, 'secure'> {
  if (at.secure === null) return {}
  const { host, port, folder } = at.secure
  const read = readCertificates(folder, clock.now())
  if (read.ok) return { secure: { host, port, certificates: read.value } }
  const code = 'inlet_certificate'
  alarms.raise({ source: 'inlet', code, subject: 'inlet', detail: read.error })
  return {}
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
