import { serialQrConfigSchema } from '../../src/drivers/serial-qr/manifest.ts'
import { createSerialQr } from '../../src/drivers/serial-qr/serial-qr.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { SimulatedScanner } from '../../src/simulators/simulated-scanner.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { scannerContract } from '../contracts/scanner.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { realClock } from '../rigs/real-modbus.ts'

scannerContract('serial-qr over TCP', async () => {
  const reader = new SimulatedScanner()
  const service = await serveOnTcp({ port: 0, attach: (line) => reader.attach(line) })
  const pipe = createTcpPipe({
    name: 's1',
    clock: realClock,
    host: '127.0.0.1',
    port: service.port,
    silentReplyMs: null,
  })
  const config = serialQrConfigSchema.parse({ id: 's1', lane: 1 })
  const scanner = createSerialQr(config, { clock: realClock, log: () => undefined, pipe })
  return { scanner, reader, eventually, dispose: () => service.close() }
})
