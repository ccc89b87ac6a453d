import { repeatTask } from '../app/repeat-task.ts'
import { ServiceBook, type ServiceBookParts } from '../app/service/service-book.ts'
import { seconds } from '@baari/shared/units/time'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'

export type StartService = ServiceBookParts & {
  readonly log: Log
  readonly metrics: Pick<Metrics, 'gauge'>
}

/** A line that opens within this after the start was never lost. */
const firstLookAfter = seconds(3)
const lookEvery = seconds(1)

/** The book of lines and devices, looked at once a second, and its figures. */
export function startService(parts: StartService): {
  readonly service: ServiceBook
  stop(): void
} {
  const { clock, metrics } = parts
  const service = new ServiceBook(parts)
  let stop = clock.after('devices looked at', firstLookAfter, () => {
    const run = (): Promise<void> => Promise.resolve(service.look())
    stop = repeatTask(parts, { name: 'devices looked at', every: lookEvery, run }).stop
  })
  metrics.gauge({
    name: 'baari_device_faults_raised_total',
    help: 'Faults of lines and devices since the start, by device and code.',
    grows: true,
    label: 'fault',
    read: () => service.raised(),
  })
  metrics.gauge({
    name: 'baari_device_faults_open',
    help: 'Faults of lines and devices that are open now.',
    read: () => ({ now: service.openFaults().length }),
  })
  return { service, stop: () => stop() }
}
