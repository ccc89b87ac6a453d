import { tls350ConfigSchema } from '@baari/hardware/drivers/tls350/manifest'
import { createTls350Gauge, type TlsBus } from '@baari/hardware/drivers/tls350/tls350-gauge'
import type { Sensor } from '@baari/hardware/ports/sensor'
import { createTls350Codec } from '@baari/hardware/protocols/tls350/codec'
import { createBus } from '@baari/hardware/transports/bus'
import { timerWait } from '@baari/hardware/transports/system-clock'
import type { ServiceBook } from '../app/service/service-book.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { BusPlan, SensorPlan, StationPlan } from '../ports/station-plan.ts'
import { lineOfBus, serveLine } from './line-of-bus.ts'
import { timingOf } from './line-timing-of.ts'
import { openLine, type LineParts } from './open-line.ts'

export type StartGauges = LineParts & {
  readonly plan: Pick<StationPlan, 'buses' | 'sensors'>
  readonly metrics: Pick<Metrics, 'gauge'>
  readonly service: ServiceBook
}

/** Tank gauges by their names in the station file, read over and over. */
export async function startGauges(parts: StartGauges): Promise<{
  readonly gauges: ReadonlyMap<string, Sensor>
  stop(): Promise<void>
}> {
  const { plan, clock, log, metrics } = parts
  const buses = new Map<string, TlsBus>()
  const gauges = new Map<string, Sensor>()
  for (const sensor of plan.sensors) {
    const { source } = sensor
    if (source.kind !== 'tls350') continue
    const line = plan.buses.find(({ id }) => id === source.bus)
    const open = buses.get(source.bus)
    const bus = open ?? (line ? await openGaugeLine(line, parts) : undefined)
    if (!bus) continue
    if (open === undefined) serveLine(source.bus, lineOfBus(bus), parts.service)
    buses.set(source.bus, bus)
    gauges.set(sensor.id, createTls350Gauge(configOf(sensor, source), { bus, clock, log }))
  }
  showLevels(gauges, metrics)
  for (const bus of buses.values()) bus.start()
  for (const gauge of gauges.values()) await gauge.start()
  return {
    gauges,
    async stop() {
      for (const gauge of gauges.values()) await gauge.dispose('the node stops')
      for (const bus of buses.values()) await bus.close()
    },
  }
}

async function openGaugeLine(plan: BusPlan, parts: LineParts): Promise<TlsBus> {
  const { clock } = parts
  const { id, link, line: settings, record } = plan
  return createBus({
    name: id,
    pipe: await openLine({ id, link, settings, record, answers: true }, parts),
    codec: createTls350Codec(),
    clock,
    timing: timingOf(plan),
    // Levels change in minutes: no gap needs to be held to the microsecond.
    wait: timerWait(clock),
    echo: plan.echo ? 'strip' : 'none',
  })
}

function configOf(
  { id, staleMs }: SensorPlan,
  { tank, measures }: Extract<SensorPlan['source'], { kind: 'tls350' }>,
) {
  return tls350ConfigSchema.parse({ id, tank, measures, staleMs })
}

/** Levels that can be trusted; a tank without one is absent. */
function showLevels(gauges: ReadonlyMap<string, Sensor>, metrics: StartGauges['metrics']): void {
  if (gauges.size === 0) return
  metrics.gauge({
    name: 'baari_tank_volume_millilitres',
    help: 'Volume in a tank, as its gauge tells it.',
    label: 'sensor',
    read: () =>
      Object.fromEntries(
        [...gauges].flatMap(([id, gauge]) => {
          const reading = gauge.readings()['volumeMillilitres']
          const trusted = reading?.quality === 'good' && reading.value !== null
          return trusted ? [[id, reading.value] as const] : []
        }),
      ),
  })
}
