import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  openSiteBroker,
  type SiteBroker,
  type SiteBrokerCertificates,
} from '@baari/hardware/inlet/site-broker'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Config } from '../config.ts'
import { systemPrng } from '../adapters/system/system-prng.ts'
import type { Metrics } from '../ports/metrics.ts'
import { telemetryRecordOf, wordOf } from './sensor-records.ts'
import type { StartInlet } from './start-inlet.ts'

type StartSiteBroker = Omit<StartInlet, 'at'> & { readonly at: NonNullable<Config['siteBroker']> }

/**
 * Readings of sensors that talk to a broker of the site's own, beside the node's inlet. A broker
 * that is away is an alarm and nothing else: the station goes on and the node tries for ever.
 */
export function startSiteBroker(parts: StartSiteBroker): Result<{ stop(): Promise<void> }, string> {
  const { at, stationId, telemetry, onWord, alarms, clock, metrics } = parts
  const certificates = at.certificates === null ? ok(undefined) : readFolder(at.certificates)
  if (!certificates.ok) return certificates
  const broker = openSiteBroker({
    ...{ url: at.url, clientId: `baari-node-${stationId}`, station: stationId, clock },
    prng: systemPrng,
    ...(certificates.value === undefined ? {} : { certificates: certificates.value }),
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
  countMessages(metrics, broker)
  return ok({ stop: () => broker.close() })
}

/** `ca.pem`, `cert.pem` and `key.pem`, as the technician put them there. */
function readFolder(folder: string): Result<SiteBrokerCertificates, string> {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  try {
    return ok({ caPem: read('ca.pem'), certPem: read('cert.pem'), keyPem: read('key.pem') })
  } catch (error) {
    return err(`BAARI_SITE_BROKER_TLS: ${(error as Error).message}`)
  }
}

function countMessages(metrics: Metrics, broker: SiteBroker): void {
  const names = ['received', 'stored', 'quarantined', 'dropped'] as const
  metrics.gauge({
    name: 'baari_site_broker_messages_total',
    help: 'Sensor messages of the site’s broker by what became of them.',
    grows: true,
    label: 'outcome',
    read: () => {
      const counters = broker.counters()
      return Object.fromEntries(names.map((name) => [name, counters[name]]))
    },
  })
  metrics.gauge({
    name: 'baari_site_broker_online',
    help: '1 while the site’s broker is connected.',
    read: () => ({ now: broker.online() ? 1 : 0 }),
  })
}
