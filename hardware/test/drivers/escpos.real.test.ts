import { drawnQr } from '../../src/drivers/escpos/drawn-qr.ts'
import { drawnText } from '../../src/drivers/escpos/drawn-text.ts'
import { createEscPosPrinter } from '../../src/drivers/escpos/escpos-printer.ts'
import { escPosConfigSchema } from '../../src/drivers/escpos/manifest.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { encodePage } from '../../src/protocols/escpos/commands.ts'
import { SimulatedPrinter } from '../../src/simulators/simulated-printer.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { printerContract } from '../contracts/printer.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { realClock as clock } from '../rigs/real-modbus.ts'

printerContract('escpos over TCP', async () => {
  const roll = new SimulatedPrinter(clock)
  const { port, close } = await serveOnTcp({ port: 0, attach: (line) => roll.attach(line) })
  const host = '127.0.0.1'
  const pipe = createTcpPipe({ name: 'paper-1', clock, host, port, silentReplyMs: null })
  const config = escPosConfigSchema.parse({ id: 'paper-1' })
  return {
    printer: createEscPosPrinter(config, {
      clock,
      log: () => undefined,
      pipe,
      encode: (page) => Promise.resolve(encodePage(page, { text: drawnText, qr: drawnQr })),
    }),
    roll,
    eventually,
    done: (promise) => promise,
    dispose: close,
  }
})
