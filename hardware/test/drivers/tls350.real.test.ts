import { createTls350Gauge } from '../../src/drivers/tls350/tls350-gauge.ts'
import { createTls350Codec } from '../../src/protocols/tls350/codec.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { serveGauge } from '../../src/simulators/tls350-gauge.ts'
import { createBus } from '../../src/transports/bus.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { sensorContract } from '../contracts/sensor.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { gaugeConfig, gaugeFacts, newGauge } from '../rigs/gauge-on-memory.ts'
import { realClock } from '../rigs/real-modbus.ts'

sensorContract('tls350 over TCP', async () => {
  const gauge = newGauge()
  const attach = (line: Parameters<typeof serveGauge>[0]) => serveGauge(line, gauge, realClock)
  const service = await serveOnTcp({ port: 0, attach })
  const { port } = service
  const pipe = createTcpPipe({ name: 'tg1', clock: realClock, host: '127.0.0.1', port })
  const timing = { baud: 9_600, bitsPerChar: 10 } as const
  const codec = createTls350Codec()
  const bus = createBus({ name: 'tg1', pipe, codec, clock: realClock, timing })
  bus.start()
  await eventually(() => pipe.state() === 'open', 'the line is open')
  const config = gaugeConfig({ timeoutMs: 300, staleMs: 2_000 })
  const sensor = createTls350Gauge(config, { bus, clock: realClock, log: () => undefined })
  return {
    sensor,
    ...gaugeFacts(gauge),
    done: (promise) => promise,
    eventually: (condition, what) => eventually(condition, what, 60_000),
    dispose: async () => {
      await bus.close()
      await service.close()
    },
  }
})
