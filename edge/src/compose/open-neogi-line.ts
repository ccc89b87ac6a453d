import { neogiConfigSchema, type NeogiConfig } from '@baari/hardware/drivers/neogi/manifest'
import { createNeogiHead } from '@baari/hardware/drivers/neogi/neogi-head'
import { createNeogiCodec } from '@baari/hardware/protocols/neogi/codec'
import { createBus } from '@baari/hardware/transports/bus'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import type { DispenserPlan } from '../ports/station-plan.ts'
import type { OpenLine } from './dispenser-line.ts'
import { lineOfBus } from './line-of-bus.ts'
import { timingOf } from './line-timing-of.ts'

/** A line with one Neogi head. */
export const openNeogiLine: OpenLine = ({ plan, pipe, stationControl, clock, log }) => {
  const bus = createBus({
    name: plan.id,
    pipe,
    codec: createNeogiCodec(),
    clock,
    timing: timingOf(plan),
    wait: spinningWait(clock),
    echo: plan.echo ? 'strip' : 'none',
  })
  return {
    ...lineOfBus(bus),
    dispenser: (device) => createNeogiHead(configOf(device), { bus, clock, log, stationControl }),
  }
}

function configOf({ id, mode, nozzles }: DispenserPlan): NeogiConfig {
  return neogiConfigSchema.parse({
    id,
    mode: mode === 'control' ? 'control' : 'poll',
    nozzle: nozzles[0]?.n,
    widthGrams: nozzles[0]?.total.widthGrams,
  })
}
