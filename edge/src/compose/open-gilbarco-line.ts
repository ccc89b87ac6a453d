import { GilbarcoLoop } from '@baari/hardware/drivers/gilbarco-two-wire/gilbarco-loop'
import { createGilbarco } from '@baari/hardware/drivers/gilbarco-two-wire/gilbarco-two-wire'
import {
  gilbarcoConfigSchema,
  type GilbarcoConfig,
} from '@baari/hardware/drivers/gilbarco-two-wire/manifest'
import { createGilbarcoHostCodec } from '@baari/hardware/protocols/gilbarco-two-wire/frame-codec'
import { createBus } from '@baari/hardware/transports/bus'
import { spinningWait } from '@baari/hardware/transports/system-clock'
import type { DispenserPlan } from '../ports/station-plan.ts'
import type { OpenLine } from './dispenser-line.ts'
import { lineOfBus } from './line-of-bus.ts'
import { timingOf } from './line-timing-of.ts'

/** A Gilbarco two-wire loop behind its converter. */
export const openGilbarcoLine: OpenLine = ({ plan, pipe, stationControl, clock, log }) => {
  const bus = createBus({
    name: plan.id,
    pipe,
    codec: createGilbarcoHostCodec(),
    clock,
    timing: timingOf(plan),
    wait: spinningWait(clock),
    echo: plan.echo ? 'strip' : 'none',
  })
  const loop = new GilbarcoLoop(bus, clock)
  return {
    ...lineOfBus(bus),
    dispenser: (device) =>
      // Who only listens cannot tell whose a block is.
      device.mode === 'listen'
        ? null
        : createGilbarco(configOf(device), { loop, clock, log, stationControl }),
  }
}

function configOf(device: DispenserPlan): GilbarcoConfig {
  const { id, address, mode, nozzles, decimals, commissioned } = device
  const total = nozzles[0]?.total
  return gilbarcoConfigSchema.parse({
    ...{ id, address, decimals, commissioned },
    mode: mode === 'control' ? 'control' : 'poll',
    nozzle: nozzles[0]?.n,
    totalUnitGrams: total?.unitGrams,
    widthGrams: total?.widthGrams,
  })
}
