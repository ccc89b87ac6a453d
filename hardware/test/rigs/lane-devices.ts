import { barrierConfigSchema } from '../../src/drivers/baari-barrier/manifest.ts'
import { createBaariBarrier } from '../../src/drivers/baari-barrier/baari-barrier.ts'
import { createBaariDisplay } from '../../src/drivers/baari-display/baari-display.ts'
import { displayConfigSchema } from '../../src/drivers/baari-display/manifest.ts'
import type { BytePipe } from '../../src/ports/byte-pipe.ts'
import type { DriverContext } from '../../src/ports/device.ts'
import { createLaneCodec } from '../../src/protocols/baari-lane/codec.ts'
import type { LaneReply, LaneRequest } from '../../src/protocols/baari-lane/messages.ts'
import type { SimulatedBarrier, SimulatedDisplay } from '../../src/simulators/simulated-lane.ts'
import { createBus } from '../../src/transports/bus.ts'
import type { BarrierSubject } from '../contracts/barrier.contract.ts'
import type { DisplaySubject } from '../contracts/display.contract.ts'

type Around = Pick<DisplaySubject, 'eventually' | 'done' | 'dispose' | 'plug'>

export function laneBus(pipe: BytePipe, { clock }: DriverContext) {
  const bus = createBus<LaneRequest, LaneReply>({
    name: pipe.name,
    pipe,
    codec: createLaneCodec(),
    clock,
    timing: { baud: 115_200, bitsPerChar: 10 },
  })
  bus.start()
  return bus
}

export function displayOn(
  line: { readonly pipe: BytePipe; readonly context: DriverContext },
  sign: SimulatedDisplay,
  around: Around,
): DisplaySubject {
  const bus = laneBus(line.pipe, line.context)
  const config = displayConfigSchema.parse({ id: 'sign-1', lane: 1, refreshMs: 300 })
  return {
    display: createBaariDisplay(config, { ...line.context, bus }),
    seen: () => sign.page(),
    halfUpdateNext: () => void (sign.trouble.halfUpdate = true),
    ...around,
    plug: async (plugged) => {
      if (!plugged) sign.powerCycle()
      await around.plug(plugged)
    },
    dispose: async () => {
      sign.switchOff()
      await bus.close()
      await around.dispose()
    },
  }
}

export function barrierOn(
  line: { readonly pipe: BytePipe; readonly context: DriverContext },
  boom: SimulatedBarrier,
  around: Omit<Around, 'plug'>,
): BarrierSubject {
  const bus = laneBus(line.pipe, line.context)
  let free = true
  const config = barrierConfigSchema.parse({ id: 'boom-1', lane: 1, pollMs: 100 })
  return {
    barrier: createBaariBarrier(config, { ...line.context, bus, interlockFree: () => free }),
    boom,
    moves: () => boom.heard.filter(({ kind }) => kind === 'move').length,
    interlock: (now) => void (free = now),
    silence: (silent) => void (boom.trouble.silent = silent),
    ...around,
    dispose: async () => {
      await bus.close()
      await around.dispose()
    },
  }
}
