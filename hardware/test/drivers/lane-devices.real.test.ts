import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { SimulatedBarrier, SimulatedDisplay } from '../../src/simulators/simulated-lane.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { barrierContract } from '../contracts/barrier.contract.ts'
import { displayContract } from '../contracts/display.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { barrierOn, displayOn } from '../rigs/lane-devices.ts'
import { realClock as clock } from '../rigs/real-modbus.ts'

const context = { clock, log: () => undefined }
const done = <T>(promise: Promise<T>): Promise<T> => promise

async function served(device: SimulatedDisplay | SimulatedBarrier) {
  const attach = (line: Parameters<typeof device.attach>[0]) => device.attach(line)
  let service = await serveOnTcp({ port: 0, attach })
  const { port } = service
  const pipe = createTcpPipe({ name: 'lane-1', clock, host: '127.0.0.1', port })
  const plug = async (plugged: boolean): Promise<void> => {
    if (plugged) service = await serveOnTcp({ port, attach })
    else await service.close()
  }
  return { pipe, plug, close: () => service.close() }
}

displayContract('baari-display over TCP', async () => {
  const sign = new SimulatedDisplay(clock)
  const { pipe, plug, close } = await served(sign)
  return displayOn({ pipe, context }, sign, { eventually, done, plug, dispose: close })
})

barrierContract('baari-barrier over TCP', async () => {
  const boom = new SimulatedBarrier(clock)
  const { pipe, close } = await served(boom)
  return barrierOn({ pipe, context }, boom, { eventually, done, dispose: close })
})
