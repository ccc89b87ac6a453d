import { expect, it } from 'vitest'
import { stationMetrics } from '../../../src/adapters/metrics/station-metrics.ts'

it('counters, times and gauges appear under their names with units', async () => {
  const { metrics, page } = stationMetrics()
  metrics.scanned('ADMIT')
  metrics.scanned('ADMIT')
  metrics.commandTook('scan.decide', 3)
  metrics.gauge({ name: 'baari_outbox_unsent_ops', help: 'Unsent.', read: () => ({ all: 7 }) })
  metrics.gauge({
    name: 'baari_bus_timeouts_total',
    help: 'Timeouts.',
    grows: true,
    label: 'bus',
    read: () => ({ rs1: 3, rs2: 0 }),
  })
  const text = await page.text()
  expect(text).toContain('baari_scans_total{verdict="ADMIT"} 2')
  expect(text).toContain('baari_ledger_command_seconds_bucket{le="0.005",command="scan.decide"} 1')
  expect(text).toContain('baari_outbox_unsent_ops 7')
  expect(text).toContain('baari_bus_timeouts_total{bus="rs1"} 3')
  expect(text).toContain('baari_nodejs_eventloop_lag_seconds')
  // A second scrape reads again instead of adding up.
  expect(await page.text()).toContain('baari_bus_timeouts_total{bus="rs1"} 3')
})
