import { SimulatedSensor } from '@baari/hardware/simulators/simulated-sensor'
import { systemClock } from '@baari/hardware/transports/system-clock'

export type SoakSensors = { readonly sent: () => number; stop(): Promise<void> }

const everyMs = 1_000

/** Sensors of the field that each send a reading a second, durable at its acknowledgement. */
export async function startSensors(options: {
  readonly mqttPort: number
  readonly station: string
  readonly count: number
}): Promise<SoakSensors> {
  const { mqttPort, station, count } = options
  const clock = systemClock()
  let sent = 0
  const sensors = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      SimulatedSensor.connect({
        ...{ url: `mqtt://127.0.0.1:${mqttPort}`, station, deviceClass: 'bank' },
        ...{ device: `bank-${index + 1}`, boot: 'soak', clock },
      }),
    ),
  )
  const timers = sensors.map((sensor, index) =>
    setInterval(() => {
      const pressureMbar = 200_000 + ((sent * 37) % 10_000)
      sensor.publish('data', { pressureMbar, place: index }).then(
        () => (sent += 1),
        // A sensor that is not connected now sends its next reading a second later.
        () => undefined,
      )
    }, everyMs),
  )
  return {
    sent: () => sent,
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(sensors.map((sensor) => sensor.close().catch(() => undefined)))
    },
  }
}
