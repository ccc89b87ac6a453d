import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { createModbusMeter } from '../../src/drivers/modbus-meter/modbus-meter.ts'
import { modbusMeterConfigSchema } from '../../src/drivers/modbus-meter/manifest.ts'
import { baariSlave } from '../../src/simulators/baari-heads.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { serveSlaves } from '../../src/simulators/modbus-slave.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { SimulatedDispenser } from '../../src/simulators/simulated-dispenser.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { isWriteReply } from '../rigs/meter-on-memory.ts'
import { realBus, realClock } from '../rigs/real-modbus.ts'

/** Fast enough for a test, slow enough to be seen in the state filling. */
const flowGramsPerSecond = 3_000

dispenserContract('modbus-meter over TCP', async (options) => {
  const head = new SimulatedDispenser({
    address: 7,
    prng: seededPrng(3),
    totaliserGrams: grams(options?.totaliserGrams ?? 5_000_000),
    pricePaisePerKg: paisePerKg(7_900),
    limits: {
      flowGramsPerSecond,
      ...(options?.widthGrams === undefined ? {} : { widthGrams: grams(options.widthGrams) }),
    },
  })
  const service = await serveOnTcp({
    port: 0,
    attach: (line) => serveSlaves(line, [baariSlave(head)], realClock),
  })
  const forecourt = runForecourt({ dispensers: [head], clock: realClock })
  const pipe = createTcpPipe({
    name: 'np1',
    clock: realClock,
    host: '127.0.0.1',
    port: service.port,
  })
  const bus = realBus(pipe)
  await eventually(() => pipe.state() === 'open', 'the line is open')
  const config = modbusMeterConfigSchema.parse({
    id: 'd1',
    address: 7,
    map: 'baari-dispenser',
    mode: 'control',
    pollMs: 40,
    activePollMs: 30,
    maxFlowGramsPerSecond: flowGramsPerSecond * 2,
    ...(options?.widthGrams === undefined ? {} : { widthGrams: options.widthGrams }),
  })
  const dispenser = createModbusMeter(config, {
    bus,
    clock: realClock,
    log: () => undefined,
    stationControl: true,
  })
  return {
    dispenser,
    head,
    clock: realClock,
    done: (promise) => promise,
    eventually,
    acknowledges: isWriteReply,
    polls: async () => {
      const from = bus.stats().replies
      await eventually(() => bus.stats().replies > from + 6, 'six more replies')
    },
    dispose: async () => {
      forecourt.stop()
      await bus.close()
      await service.close()
    },
  }
})
