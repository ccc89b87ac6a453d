import { createNeogiHead } from '../../src/drivers/neogi/neogi-head.ts'
import { createNeogiCodec } from '../../src/protocols/neogi/codec.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { serveNeogiHead } from '../../src/simulators/neogi-heads.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { createBus } from '../../src/transports/bus.ts'
import { spinningWait } from '../../src/transports/system-clock.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import { isOk, neogiConfig, neogiHead, neogiSkips } from '../rigs/neogi-on-memory.ts'
import { realClock } from '../rigs/real-modbus.ts'

/** Fast enough for a test, slow enough to be seen in the state filling. */
const flowGramsPerSecond = 3_000

dispenserContract(
  'neogi over TCP',
  async (options = {}) => {
    const head = neogiHead(options, flowGramsPerSecond)
    const service = await serveOnTcp({
      port: 0,
      attach: (line) => serveNeogiHead(line, head, realClock),
    })
    const forecourt = runForecourt({ dispensers: [head], clock: realClock })
    const pipe = createTcpPipe({
      name: 'np1',
      clock: realClock,
      host: '127.0.0.1',
      port: service.port,
    })
    const bus = createBus({
      name: 'np1',
      pipe,
      codec: createNeogiCodec(),
      clock: realClock,
      timing: { baud: 19_200, bitsPerChar: 10 },
      wait: spinningWait(realClock),
    })
    bus.start()
    await eventually(() => pipe.state() === 'open', 'the line is open')
    const config = { pollMs: 40, activePollMs: 30, maxFlowGramsPerSecond: flowGramsPerSecond * 2 }
    const parts = { bus, clock: realClock, log: () => undefined, stationControl: true }
    return {
      dispenser: createNeogiHead(neogiConfig({ ...options, config }), parts),
      head,
      clock: realClock,
      done: (promise) => promise,
      eventually,
      acknowledges: isOk,
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
  },
  neogiSkips,
)
