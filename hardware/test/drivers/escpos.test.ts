import { manualClock } from '@baari/shared/testing/manual-clock'
import { drawnQr } from '../../src/drivers/escpos/drawn-qr.ts'
import { drawnText } from '../../src/drivers/escpos/drawn-text.ts'
import { createEscPosPrinter } from '../../src/drivers/escpos/escpos-printer.ts'
import { escPosConfigSchema } from '../../src/drivers/escpos/manifest.ts'
import type { PrintPage } from '../../src/ports/printer.ts'
import { encodePage } from '../../src/protocols/escpos/commands.ts'
import { SimulatedPrinter } from '../../src/simulators/simulated-printer.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { printerContract } from '../contracts/printer.contract.ts'
import { turning } from '../rigs/input-module.ts'
import { until } from '../rigs/turn-clock.ts'

printerContract('escpos on a memory wire', () => {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  far.start()
  const roll = new SimulatedPrinter(clock)
  roll.attach(far)
  const config = escPosConfigSchema.parse({ id: 'paper-1' })
  const encode = (page: PrintPage) =>
    Promise.resolve(encodePage(page, { text: drawnText, qr: drawnQr }))
  const parts = { clock, log: () => undefined, pipe: near, encode }
  return Promise.resolve({
    printer: createEscPosPrinter(config, parts),
    roll,
    eventually: turning(clock),
    done: <T>(promise: Promise<T>) => until(clock, promise),
    dispose: () => Promise.resolve(),
  })
})
