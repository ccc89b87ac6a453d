import {
  collectDefaultMetrics,
  Counter,
  Gauge as PromGauge,
  Histogram,
  Registry,
} from 'prom-client'
import type { Gauge, Metrics } from '../../ports/metrics.ts'

export type MetricsPage = { readonly contentType: string; text(): Promise<string> }

/** Prometheus text of the node, event-loop lag and memory included; all names start with `baari_`. */
export function stationMetrics(): { readonly metrics: Metrics; readonly page: MetricsPage } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'baari_' })
  const registers = [registry]
  const scans = new Counter({
    name: 'baari_scans_total',
    help: 'Scans by verdict.',
    labelNames: ['verdict'],
    registers,
  })
  const commands = new Histogram({
    name: 'baari_ledger_command_seconds',
    help: 'Ledger commands from asking to the durable answer.',
    labelNames: ['command'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers,
  })
  const failures = new Counter({
    name: 'baari_ledger_command_failures_total',
    help: 'Ledger commands that ended in a fault or a bug.',
    labelNames: ['command'],
    registers,
  })
  const refusals = new Counter({
    name: 'baari_http_refusals_total',
    help: 'HTTP requests answered with a problem document.',
    labelNames: ['code'],
    registers,
  })
  const notAuthorised = notAuthorisedCounter(registry)
  const screens = new PromGauge({ name: 'baari_live_screens', help: 'Live screens.', registers })
  const dropped = new Counter({
    name: 'baari_live_screens_dropped_total',
    help: 'Live screens cut off because they did not keep up.',
    registers,
  })
  const readings = new Counter({
    name: 'baari_readings_stored_total',
    help: 'Sensor messages stored durably.',
    registers,
  })
  const groups = new Histogram({
    name: 'baari_readings_commit_seconds',
    help: 'Group commits of sensor messages.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
    registers,
  })
  const metrics: Metrics = {
    scanned: (verdict) => scans.inc({ verdict }),
    commandTook: (command, ms) => commands.observe({ command }, ms / 1000),
    commandFailed: (command) => failures.inc({ command }),
    turnedAway: (code) => refusals.inc({ code }),
    notAuthorised: (reason) => notAuthorised.inc({ reason }),
    screens: (count) => screens.set(count),
    screenDropped: () => dropped.inc(),
    readingsStored(count, ms) {
      readings.inc(count)
      groups.observe(ms / 1000)
    },
    gauge: (gauge) => addGauge(registry, gauge),
  }
  return {
    metrics,
    page: { contentType: registry.contentType, text: () => registry.metrics() },
  }
}

function notAuthorisedCounter(registry: Registry): Counter {
  return new Counter({
    name: 'baari_not_authorised_total',
    help: 'Authorises that a condition refused after a ready, by interlock or code.',
    labelNames: ['reason'],
    registers: [registry],
  })
}

function addGauge(registry: Registry, { name, help, label, grows, read }: Gauge): void {
  const labelNames = label === undefined ? [] : [label]
  const registers = [registry]
  if (grows === true) {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        counter.reset()
        for (const [value, count] of Object.entries(read()))
          counter.inc(label === undefined ? {} : { [label]: value }, count)
      },
    })
    return
  }
  const gauge: PromGauge = new PromGauge({
    name,
    help,
    labelNames,
    registers,
    collect() {
      gauge.reset()
      for (const [value, now] of Object.entries(read()))
        gauge.set(label === undefined ? {} : { [label]: value }, now)
    },
  })
}
