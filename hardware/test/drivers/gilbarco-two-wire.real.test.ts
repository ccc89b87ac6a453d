import { GilbarcoLoop } from '../../src/drivers/gilbarco-two-wire/gilbarco-loop.ts'
import { createGilbarco } from '../../src/drivers/gilbarco-two-wire/gilbarco-two-wire.ts'
import { createGilbarcoHostCodec } from '../../src/protocols/gilbarco-two-wire/frame-codec.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { gilbarcoPumps, serveGilbarcoPumps } from '../../src/simulators/gilbarco-heads.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { createBus } from '../../src/transports/bus.ts'
import { spinningWait } from '../../src/transports/system-clock.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { eventually } from '../rigs/eventually.ts'
import {
  gilbarcoConfig,
  gilbarcoHead,
  gilbarcoSkips,
  showsAuthorised,
  testScale,
} from '../rigs/gilbarco-on-memory.ts'
import { realClock } from '../rigs/real-modbus.ts'

/** Fast enough for a test, slow enough to be seen in the state filling. */
const flowGramsPerSecond = 3_000

dispenserContract(
  'gilbarco-two-wire over TCP',
  async (options = {}) => {
    const head = gilbarcoHead(options, { address: 1, flowGramsPerSecond })
    const pumps = gilbarcoPumps([head], testScale)
    const service = await serveOnTcp({
      port: 0,
      attach: (line) => serveGilbarcoPumps(line, pumps, realClock),
    })
    const forecourt = runForecourt({ dispensers: [head], clock: realClock })
    const { port } = service
    const pipe = createTcpPipe({ name: 'np1', clock: realClock, host: '127.0.0.1', port })
    const bus = createBus({
      name: pipe.name,
      pipe,
      codec: createGilbarcoHostCodec(),
      clock: realClock,
      timing: { baud: 5_787, bitsPerChar: 11 },
      wait: spinningWait(realClock),
    })
    bus.start()
    await eventually(() => pipe.state() === 'open', 'the line is open')
    const maxFlowGramsPerSecond = flowGramsPerSecond * 2
    const config = { pollMs: 40, activePollMs: 30, maxFlowGramsPerSecond }
    return {
      dispenser: createGilbarco(gilbarcoConfig({ ...options, config }, 1), {
        loop: new GilbarcoLoop(bus, realClock),
        clock: realClock,
        log: () => undefined,
        stationControl: true,
      }),
      head,
      clock: realClock,
      done: (promise) => promise,
      eventually,
      acknowledges: showsAuthorised,
      polls: async () => {
        const from = bus.stats().replies
        await eventually(() => bus.stats().replies > from + 12, 'twelve more replies')
      },
      dispose: async () => {
        forecourt.stop()
        await bus.close()
        await service.close()
      },
    }
  },
  gilbarcoSkips,
)
