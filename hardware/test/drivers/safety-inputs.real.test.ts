import { serveSlaves } from '../../src/simulators/modbus-slave.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { sensorContract } from '../contracts/sensor.contract.ts'
import { stopInputContract } from '../contracts/stop-input.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { sensorOn, simulatedModule, stopInputOn } from '../rigs/input-module.ts'
import { realBus, realClock } from '../rigs/real-modbus.ts'

async function onTcp() {
  const module = simulatedModule()
  const service = await serveOnTcp({
    port: 0,
    attach: (line) => serveSlaves(line, [module.device], realClock),
  })
  const { port } = service
  const pipe = createTcpPipe({ name: 'np1', clock: realClock, host: '127.0.0.1', port })
  const bus = realBus(pipe)
  await eventually(() => pipe.state() === 'open', 'the line is open')
  const dispose = async (): Promise<void> => {
    await bus.close()
    await service.close()
  }
  const place = { bus, context: { clock: realClock, log: () => undefined } }
  return {
    module,
    place,
    around: { eventually, done: <T>(promise: Promise<T>) => promise, dispose },
  }
}

sensorContract('modbus-4-20 over TCP', async () => {
  const { module, place, around } = await onTcp()
  return sensorOn(place, module, around)
})

stopInputContract('modbus-stop over TCP', async () => {
  const { module, place, around } = await onTcp()
  return stopInputOn(place, module, around)
})
