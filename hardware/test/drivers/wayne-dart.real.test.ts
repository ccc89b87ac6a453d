import { createWayneDart } from '../../src/drivers/wayne-dart/wayne-dart.ts'
import { createDartHostCodec } from '../../src/protocols/wayne-dart/frame-codec.ts'
import { serveDartPumps } from '../../src/simulators/dart-heads.ts'
import { runForecourt } from '../../src/simulators/forecourt.ts'
import { serveOnTcp } from '../../src/simulators/serve-on-tcp.ts'
import { createBus } from '../../src/transports/bus.ts'
import { spinningWait } from '../../src/transports/system-clock.ts'
import { createTcpPipe } from '../../src/transports/tcp-pipe.ts'
import { dispenserContract } from '../contracts/dispenser.contract.ts'
import { dartAuthoriseSpy, dartConfig, dartHead } from '../rigs/dart-on-memory.ts'
import { eventually } from '../rigs/eventually.ts'
import { realClock } from '../rigs/real-modbus.ts'

/** Fast enough for a test, slow enough to be seen in the state filling. */
const flowGramsPerSecond = 3_000

dispenserContract(
  'wayne-dart over TCP',
  async (options = {}) => {
    const { head, pumps } = dartHead(options, { flowGramsPerSecond })
    const spy = dartAuthoriseSpy()
    const service = await serveOnTcp({
      port: 0,
      attach: (line) => {
        const unsubscribe = line.onBytes(spy.heard)
        const unplug = serveDartPumps(line, pumps, realClock)
        return () => {
          unsubscribe()
          unplug()
        }
      },
    })
    const forecourt = runForecourt({ dispensers: [head], clock: realClock })
    const { port } = service
    const pipe = createTcpPipe({ name: 'np1', clock: realClock, host: '127.0.0.1', port })
    const bus = createBus({
      name: pipe.name,
      pipe,
      codec: createDartHostCodec(),
      clock: realClock,
      timing: { baud: 19_200, bitsPerChar: 11 },
      wait: spinningWait(realClock),
    })
    bus.start()
    await eventually(() => pipe.state() === 'open', 'the line is open')
    const maxFlowGramsPerSecond = flowGramsPerSecond * 2
    const config = dartConfig({
      ...options,
      config: { pollMs: 40, activePollMs: 30, maxFlowGramsPerSecond },
    })
    const parts = { bus, clock: realClock, log: () => undefined, stationControl: true }
    return {
      dispenser: createWayneDart(config, parts),
      head,
      clock: realClock,
      done: (promise) => promise,
      eventually,
      acknowledges: spy.acknowledges,
      polls: async () => {
        const from = bus.stats().replies
        await eventually(() => bus.stats().replies > from + 18, 'six more rounds')
      },
      dispose: async () => {
        forecourt.stop()
        await bus.close()
        await service.close()
      },
    }
  },
  { 'boot-epoch': 'a DART pump counts no power cycles' },
)
